import { Inbox } from "lucide-react";
import { RunStatus, StepStatus, WaitingFor, type Counts } from "../../core/run.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Elapsed } from "../../ui/elapsed.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { ProgressSegments } from "../../ui/progress-segments.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { StatusBadge, StatusLine } from "../../ui/status.tsx";
import { Shelf } from "./Shelf.tsx";

const none: Counts = {
  pending: 0,
  ready: 0,
  running: 0,
  waiting: 0,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
  total: 12,
};
const progress: Counts[] = [
  { ...none, pending: 12 },
  { ...none, succeeded: 5, running: 2, pending: 5 },
  { ...none, succeeded: 7, failed: 1, skipped: 2, waiting: 1, pending: 1 },
  { ...none, succeeded: 12 },
];
const waitingKinds = WaitingFor.shape.kind.options;
const started = new Date(Date.now() - 187_000).toISOString();
const due = new Date(Date.now() + 47_000).toISOString();

export function GalleryStates() {
  return (
    <>
      <Shelf title="Run statuses">
        {RunStatus.options.map((status) => (
          <StatusBadge key={status} status={status} />
        ))}
      </Shelf>
      <Shelf title="Step statuses">
        {StepStatus.options.map((status) => (
          <StatusLine key={status} status={status} />
        ))}
      </Shelf>
      <Shelf title="Waits">
        {waitingKinds.map((kind) => (
          <StatusLine key={kind} status="waiting" waitingFor={{ kind, until: due }} />
        ))}
      </Shelf>
      <Shelf title="Progress and time">
        {progress.map((counts, index) => (
          <ProgressSegments key={index} counts={counts} className="w-44" />
        ))}
        <Elapsed from={started} />
        <RelativeTime at={started} />
        <RelativeTime at={due} />
      </Shelf>
      <Shelf title="Badges">
        <Badge>v12</Badge>
        <Badge tone="accent">Live</Badge>
        <Badge tone="waiting">At most once</Badge>
        <Badge tone="failed">Changed</Badge>
        <Badge mono>sha 3f9a</Badge>
      </Shelf>
      <Shelf title="Errors">
        <ErrorPanel
          className="w-[480px]"
          title="The API answered with status 503"
          why="It was called four times in 38 s and was unavailable each time."
          next="Retry from this step once the API is back; finished steps are kept."
          code="http_5xx"
          detail={'HTTP/1.1 503 Service Unavailable\nretry-after: 30\n\n{"error":"overloaded"}'}
          actions={<Button size="sm">Retry from here</Button>}
        />
        <ErrorPanel
          className="w-[480px]"
          tone="waiting"
          title="Nobody knows whether the message was sent"
          why="The worker was lost after it began and before it reported."
          next="Look at the other side, then say whether to do it again."
        />
      </Shelf>
      <Shelf title="Empty and loading">
        <div className="w-[440px] rounded-card border border-line">
          <EmptyState icon={<Inbox />} title="No runs yet" actions={<Button variant="primary">Run</Button>}>
            Publish the workflow, then start a run. It appears here and on the board.
          </EmptyState>
        </div>
        <SkeletonRows className="w-[440px] rounded-card border border-line" />
      </Shelf>
    </>
  );
}
