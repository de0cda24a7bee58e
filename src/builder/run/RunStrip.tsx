// The line over the canvas while it shows a run.
import { RotateCcw, X } from "lucide-react";
import { useState } from "react";
import { cancelRun, retryPreview, retryRun } from "../../data/runs.ts";
import type { RetryPreview } from "../../data/run-verbs.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Elapsed } from "../../ui/elapsed.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { ProgressSegments } from "../../ui/progress-segments.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StatusLine } from "../../ui/status.tsx";
import { showFailure } from "../../ui/toast.tsx";
import { useBuilderValue } from "../builder-context.tsx";
import { useFocusFirst } from "../use-focus-first.ts";
import { isOver } from "./overlay.ts";
import { useOverlay } from "./overlay-hooks.ts";

interface RunStripProps {
  onClose: () => void;
  onRun: (runId: string) => void;
}

export function RunStrip({ onClose, onRun }: RunStripProps) {
  const { onOpenRun } = useBuilderValue();
  const run = useOverlay((state) => state);
  const [busy, setBusy] = useState(false);
  const [preview, setPreview] = useState<RetryPreview | null>(null);
  const { runId } = run;
  if (runId === null) return null;
  const attempt = async (what: string, act: () => Promise<void>) => {
    setBusy(true);
    try {
      await act();
    } catch (error) {
      showFailure(what, error);
    } finally {
      setBusy(false);
    }
  };
  const cancel = () => attempt("The run was not cancelled", async () => void (await cancelRun(runId)));
  const ask = () =>
    attempt("The retry could not be prepared", async () =>
      setPreview(await retryPreview(runId, { mode: "resume" })),
    );
  const retry = () =>
    attempt("The run was not retried", async () => {
      const { runId: next } = await retryRun(runId, { mode: "resume" });
      setPreview(null);
      onRun(next);
    });
  const over = isOver(run.status);
  return (
    <section
      aria-label="Run"
      className="@container relative flex h-9 shrink-0 items-center gap-2 overflow-hidden border-b border-line bg-raised px-3"
    >
      {run.loadError !== null ? (
        <p role="alert" className="text-failed">
          The run could not be shown: {run.loadError}
        </p>
      ) : (
        <>
          <span aria-live="polite" className="shrink-0 font-medium">
            {run.status ? (
              <StatusLine status={run.status} waitingFor={run.waitingFor} />
            ) : (
              <Skeleton className="h-3 w-40" />
            )}
          </span>
          {run.createdAt && (
            <Elapsed
              from={run.startedAt ?? run.createdAt}
              to={run.finishedAt}
              className="shrink-0 text-muted"
            />
          )}
          {run.counts && run.counts.total > 0 && (
            <ProgressSegments counts={run.counts} className="w-28 shrink @max-lg:hidden" />
          )}
          {run.version !== null && (
            <Badge mono className="@max-lg:hidden">
              v{run.version}
            </Badge>
          )}
          {run.error && <span className="min-w-0 truncate text-failed">{run.error.message}</span>}
          {run.feed === "offline" && <Badge tone="waiting">offline</Badge>}
          {run.caughtUp > 0 && <span className="text-sm text-muted">caught up {run.caughtUp} events</span>}
        </>
      )}
      <span className="flex-1" />
      {!over && run.status !== null && (
        <Button size="sm" busy={busy} onClick={() => void cancel()}>
          Cancel run
        </Button>
      )}
      {(run.status === "failed" || run.status === "cancelled") && (
        <Button size="sm" icon={<RotateCcw />} busy={busy} onClick={() => void ask()}>
          Retry
        </Button>
      )}
      <Button size="sm" variant="ghost" onClick={() => onOpenRun(runId)}>
        Open run<span className="@max-lg:sr-only"> page</span>
      </Button>
      <IconButton size="sm" label="Hide the run" icon={<X />} onClick={onClose} />
      {preview && (
        <RetrySheet
          preview={preview}
          busy={busy}
          onCancel={() => setPreview(null)}
          onRetry={() => void retry()}
        />
      )}
    </section>
  );
}

const verdictWords = {
  safe: "safe to repeat",
  deduplicated: "the receiver drops a repeat",
  repeats: "happens again outside",
  decision: "needs a decision",
} as const;

function RetrySheet(props: {
  preview: RetryPreview;
  busy: boolean;
  onCancel: () => void;
  onRetry: () => void;
}) {
  const { rerun, reused, effects, version } = props.preview;
  const content = useFocusFirst<HTMLParagraphElement>();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && props.onCancel()}
      title="Retry this run"
      description={`It goes on where it stopped, on version ${version}.`}
      footer={
        <>
          <Button onClick={props.onCancel}>Not now</Button>
          <Button variant="primary" busy={props.busy} onClick={props.onRetry}>
            Retry
          </Button>
        </>
      }
    >
      <p ref={content} tabIndex={-1} className="mb-1 font-medium outline-none">
        {rerun.length} {rerun.length === 1 ? "step runs" : "steps run"} again, {reused.length} reused
      </p>
      <ul className="divide-y divide-line border-y border-line">
        {rerun.slice(0, 12).map((step) => {
          const effect = effects.find((entry) => entry.step === step.step);
          return (
            <li
              key={`${step.step} ${JSON.stringify(step.itemPath)}`}
              className="flex items-center gap-2 py-1"
            >
              <span className="min-w-0 flex-1 truncate">{step.title || step.step}</span>
              {effect && (
                <Badge
                  tone={
                    effect.verdict === "safe" || effect.verdict === "deduplicated" ? "succeeded" : "waiting"
                  }
                >
                  {verdictWords[effect.verdict]}
                </Badge>
              )}
            </li>
          );
        })}
      </ul>
      {rerun.length > 12 && <p className="mt-1 text-sm text-muted">and {rerun.length - 12} more</p>}
    </Dialog>
  );
}
