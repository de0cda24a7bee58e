// A run's page: its head, and its parts as tabs, the first of which is the run itself in three zones.
import { useState } from "react";
import type { WorkspaceRow } from "../data/workspaces.ts";
import { ErrorPanel } from "../ui/error-panel.tsx";
import { SkeletonRows } from "../ui/skeleton.tsx";
import { Tabs, type Tab } from "../ui/tabs.tsx";
import { canCancel, canPause, canRetry } from "./card-actions.ts";
import { isFinished } from "./card.ts";
import { EventsLog } from "./EventsLog.tsx";
import { RetrySheet } from "./RetrySheet.tsx";
import { RunHeader } from "./RunHeader.tsx";
import { RunArtifacts, RunValues } from "./RunParts.tsx";
import type { OpenRun } from "./run-store.ts";
import { RunProofs } from "./RunProofs.tsx";
import { RunView } from "./RunView.tsx";
import { storedZones, toggleZone, ZoneButtons, zoneOrder } from "./RunZones.tsx";
import { runShortcuts, ShortcutsHelp } from "./ShortcutsHelp.tsx";
import { StepsTable } from "./StepsTable.tsx";
import { useOpenRun, useRunPage } from "./use-run.ts";
import { useRunKeys } from "./use-run-keys.ts";
import { useRunTree } from "./use-run-tree.ts";
import { useRunVerbs } from "./use-run-verbs.ts";

export interface RunPageProps {
  workspace: WorkspaceRow;
  runId: string;
  /** Opens the run's workflow in the builder with this run over it. */
  onOpenWorkflow: (workflowSlug: string, runId: string) => void;
  /** Opens another run: the one a retry made, or the one this run retries. */
  onOpenRun?: (runId: string) => void;
}

type Part = "run" | "steps" | "events" | "proofs" | "artifacts" | "values";

function Loaded({ opened, workspace, onOpenWorkflow, onOpenRun }: RunPageProps & { opened: OpenRun }) {
  const page = useRunPage(opened, workspace.id);
  const { run, steps, events, workflow, problem } = page;
  const [part, setPart] = useState<Part>("run");
  const [zones, setZones] = useState(storedZones);
  const [sheet, setSheet] = useState<{ step?: string } | null>(null);
  const [help, setHelp] = useState(false);
  const verbs = useRunVerbs(opened, () => setSheet({}));
  const tree = useRunTree(steps, page.segments, page.within, run?.error?.step);
  useRunKeys(
    {
      step: tree.walk,
      fold: tree.fold,
      retry: () => run && canRetry(run) && void verbs.retry(run),
      cancel: () => run && canCancel(run) && void verbs.cancel(run),
      pause: () => run && canPause(run) && void verbs.pause(run),
      help: () => setHelp(true),
      zone: (n) => setZones((open) => toggleZone(open, zoneOrder[n - 1] ?? "canvas")),
    },
    sheet !== null || help,
  );
  if (!run) {
    return problem ? (
      <ErrorPanel
        title={problem.message}
        next={problem.hint}
        code={problem.code}
        className="mx-auto mt-16 max-w-xl"
      />
    ) : (
      <SkeletonRows rows={10} className="p-4" />
    );
  }
  const retryFrom = isFinished(run.status) ? (step: string) => setSheet({ step }) : undefined;
  const openStep = (row: (typeof tree.rows)[number]) => {
    tree.choose(row);
    setPart("run");
  };
  const parts: Tab<Part>[] = [
    {
      value: "run",
      label: "Run",
      content: (
        <RunView
          page={page}
          tree={tree}
          zones={zones}
          onDecide={verbs.decide}
          onRetryFrom={retryFrom}
          onOpenRun={onOpenRun}
        />
      ),
    },
    {
      value: "steps",
      label: "Steps",
      count: tree.rows.length,
      content: <StepsTable rows={tree.rows} onOpen={openStep} />,
    },
    { value: "events", label: "Events", count: events.length, content: <EventsLog events={events} /> },
    { value: "proofs", label: "Proofs", content: <RunProofs run={run} steps={steps} /> },
    { value: "artifacts", label: "Artifacts", content: <RunArtifacts run={run} /> },
    { value: "values", label: "Input and output", content: <RunValues run={run} /> },
  ];
  return (
    <div className="flex h-full min-h-0 flex-col">
      <RunHeader
        run={run}
        steps={steps}
        workflowTitle={workflow?.title ?? "Workflow"}
        lane={page.lane}
        who={page.who}
        feed={page.feed}
        busy={verbs.busy}
        onRetry={() => void verbs.retry(run)}
        onRetryWith={() => setSheet({})}
        onCancel={() => void verbs.cancel(run)}
        onPause={() => void verbs.pause(run)}
        onTopUp={(added) => verbs.topUp(run, added)}
        onOpenWorkflow={() => workflow && onOpenWorkflow(workflow.slug, run.id)}
        onOpenEarlier={run.retryOf && onOpenRun ? () => run.retryOf && onOpenRun(run.retryOf) : undefined}
      />
      {problem && (
        <ErrorPanel
          tone="waiting"
          title="What you see may be old"
          why={problem.message}
          next={problem.hint}
          className="mx-4 mt-2"
        />
      )}
      <div className="relative mt-1 flex min-h-0 flex-1 flex-col">
        <Tabs label="Parts of the run" value={part} onChange={setPart} tabs={parts} className="flex-1" />
        <div className="absolute top-1 right-4">
          {part === "run" && (
            <ZoneButtons open={zones} onToggle={(zone) => setZones(toggleZone(zones, zone))} />
          )}
        </div>
      </div>
      {sheet && (
        <RetrySheet
          run={run}
          step={sheet.step}
          liveVersion={workflow?.liveVersion ?? null}
          onClose={() => setSheet(null)}
          onRetried={(id) => (id === run.id ? opened.refresh() : onOpenRun?.(id))}
        />
      )}
      <ShortcutsHelp open={help} onOpenChange={setHelp} shortcuts={runShortcuts} />
    </div>
  );
}

export function RunPage(props: RunPageProps) {
  const opened = useOpenRun(props.runId);
  return <Loaded key={props.runId} opened={opened} {...props} />;
}
