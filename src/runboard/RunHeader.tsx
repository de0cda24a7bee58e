// The head of a run page: which run, how it stands, where it came from, and its verbs.
import { Ban, ChevronDown, Pause, PencilRuler, Play, RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import type { Budgets } from "../core/plan.ts";
import type { FeedState } from "../data/run-feed.ts";
import type { RunRow } from "../data/runs.ts";
import { Button } from "../ui/button.tsx";
import { useNow } from "../ui/clock.ts";
import { cx } from "../ui/cx.ts";
import { DropdownMenu } from "../ui/dropdown-menu.tsx";
import { Elapsed } from "../ui/elapsed.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { ProgressSegments } from "../ui/progress-segments.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { StatusBadge } from "../ui/status.tsx";
import { canCancel, canPause, canRetry } from "./card-actions.ts";
import { isFinished, laneLabel, type CardLane } from "./card.ts";
import { FeedBadge } from "./FeedBadge.tsx";
import { nowLine } from "./now-line.ts";
import { RunBudget } from "./RunBudget.tsx";
import { stepsText, triggerText, undoneText, usageText } from "./run-facts.ts";
import type { StepFacts } from "./step-tree.ts";

export interface RunHeaderProps {
  run: RunRow;
  steps: readonly StepFacts[];
  workflowTitle: string;
  lane: CardLane | undefined;
  /** The name behind `trigger.by`. */
  who: string | undefined;
  feed: FeedState;
  /** A verb is under way. */
  busy: "retry" | "cancel" | "pause" | null;
  onRetry: () => void;
  onRetryWith: () => void;
  onCancel: () => void;
  /** Pauses, or lets a paused run go on. */
  onPause: () => void;
  onTopUp: (added: Budgets) => Promise<void>;
  onOpenWorkflow: () => void;
  /** Absent when the run is no retry, or the caller cannot show another run. */
  onOpenEarlier: (() => void) | undefined;
}

function Fact({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <span className={cx("inline-flex items-center gap-1 whitespace-nowrap tabular", className)}>
      {children}
    </span>
  );
}

function Waiting({ run, steps, lane }: Pick<RunHeaderProps, "run" | "steps" | "lane">) {
  const now = useNow(1_000);
  const line = nowLine(
    run,
    steps.map((step) => ({ ...step, runId: run.id })),
    lane,
    0,
    now,
  );
  return (
    <p
      className={cx(
        // Below the title where it would be cut off beside it.
        "min-w-0 flex-1 basis-48 truncate tabular",
        line.tone === "waiting" ? "text-waiting" : "text-muted",
      )}
    >
      {line.whole ?? line.text}
    </p>
  );
}

function Verbs({ run, busy, onRetry, onRetryWith, onCancel, onPause, onOpenWorkflow }: RunHeaderProps) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button icon={<PencilRuler />} onClick={onOpenWorkflow}>
        Open in builder
      </Button>
      {canPause(run) && (
        <Button
          icon={run.pausedAt ? <Play /> : <Pause />}
          variant={run.pausedAt ? "primary" : "secondary"}
          busy={busy === "pause"}
          onClick={onPause}
          title={
            run.pausedAt
              ? "Let the run go on where it stopped"
              : "What runs now finishes; nothing else starts until the run is resumed"
          }
        >
          {run.pausedAt ? "Resume" : "Pause"}
        </Button>
      )}
      {canCancel(run) && (
        <Button icon={<Ban />} busy={busy === "cancel"} onClick={onCancel}>
          Cancel run
        </Button>
      )}
      {canRetry(run) ? (
        <span className="flex">
          <Button
            variant="primary"
            icon={<RotateCcw />}
            busy={busy === "retry"}
            onClick={onRetry}
            className="rounded-r-none"
          >
            Retry
          </Button>
          <DropdownMenu
            trigger={
              <IconButton
                label="Retry with choices"
                variant="primary"
                icon={<ChevronDown />}
                className="rounded-l-none border-l border-white/25"
              />
            }
            entries={[
              { label: "Resume from failure", shortcut: "R", onSelect: onRetry },
              { label: "Choose mode, version, input…", onSelect: onRetryWith },
            ]}
          />
        </span>
      ) : (
        isFinished(run.status) && (
          <Button icon={<RotateCcw />} onClick={onRetryWith}>
            Retry
          </Button>
        )
      )}
    </div>
  );
}

export function RunHeader(props: RunHeaderProps) {
  const { run, steps, workflowTitle, lane, who, feed, onOpenWorkflow, onOpenEarlier, onTopUp } = props;
  const usage = usageText(run.usage);
  const held =
    run.status === "waiting" ||
    run.status === "queued" ||
    (!run.finishedAt && (run.cancelRequestedAt || run.pausedAt || run.ending));
  return (
    <header className="shrink-0 px-4 pt-3">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <div className="flex min-w-0 flex-1 basis-64 flex-wrap items-center gap-x-2.5 gap-y-1">
          <h1 className="max-w-full min-w-0 truncate text-xl font-semibold" title={run.title}>
            {run.title}
          </h1>
          <StatusBadge status={run.status} waitingFor={run.waitingFor} className="shrink-0" />
          {held && <Waiting run={run} steps={steps} lane={lane} />}
        </div>
        <Verbs {...props} />
      </div>
      <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1 text-muted">
        <button
          type="button"
          onClick={onOpenWorkflow}
          className="max-w-64 truncate rounded-sm font-medium text-ink hover:text-accent-ink"
        >
          {workflowTitle === run.title ? "Version" : workflowTitle}{" "}
          <span className="text-muted tabular">
            {workflowTitle === run.title ? run.version : `v${run.version}`}
          </span>
        </button>
        <Fact>
          {run.startedAt ? (
            <Elapsed from={run.startedAt} to={run.finishedAt} className="text-ink" />
          ) : (
            "not started"
          )}
        </Fact>
        <Fact>
          <ProgressSegments counts={run.counts} className="w-16" />
          <span className="ml-1">{stepsText(run.counts)}</span>
        </Fact>
        <Fact>
          <span aria-hidden className="size-2 rounded-sm" style={{ background: lane?.colour }} />
          {lane ? laneLabel(lane) : run.lane}
        </Fact>
        <Fact>
          {triggerText(run.trigger, who)} <RelativeTime at={run.createdAt} />
        </Fact>
        {usage && <Fact>{usage}</Fact>}
        {run.rolledBackAt && run.finishedAt && <Fact>{undoneText(steps)}</Fact>}
        {run.budgets && <RunBudget run={{ ...run, budgets: run.budgets }} onTopUp={onTopUp} />}
        {run.retryCount > 0 && (
          <Fact>resumed {run.retryCount === 1 ? "once" : `${run.retryCount} times`}</Fact>
        )}
        {run.retryOf && (
          <button
            type="button"
            disabled={!onOpenEarlier}
            onClick={onOpenEarlier}
            className="rounded-sm text-accent-ink hover:underline disabled:text-muted disabled:no-underline"
          >
            Retry of an earlier run
          </button>
        )}
        <span className="flex-1" />
        {!isFinished(run.status) && <FeedBadge state={feed.state} caughtUp={feed.caughtUp} />}
      </div>
    </header>
  );
}
