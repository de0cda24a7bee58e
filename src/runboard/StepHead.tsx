// Which step the panel shows, how it stands, and for what and until when it waits.
import { ArrowUpRight, RotateCcw } from "lucide-react";
import { nodeOf } from "../nodes/registry.gen.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { useNow } from "../ui/clock.ts";
import { Elapsed } from "../ui/elapsed.tsx";
import { KindIcon } from "../ui/icons.tsx";
import { StatusBadge } from "../ui/status.tsx";
import type { StepFacts } from "./step-tree.ts";
import { deadlineText, signalOf, subRunOf, waitText } from "./waiting.ts";

const asked = new Set<string>(["approval", "form", "reconcile"]);

function WaitLine({ step, onOpenRun }: Pick<StepHeadProps, "step" | "onOpenRun">) {
  const now = useNow(1_000);
  // What a person has to decide is asked below, with its until.
  if (!step.waitingFor || asked.has(step.waitingFor.kind) || signalOf(step.waitingFor)) return null;
  const facts = { nextTry: step.tries + 1, tryLimit: step.attemptLimit };
  const subRun = subRunOf(step.waitingFor);
  return (
    <p className="mt-2 flex flex-wrap items-center gap-x-2 rounded-control bg-waiting-soft px-2.5 py-1.5 text-waiting tabular">
      <span className="min-w-0 flex-1">{waitText(step.waitingFor, facts, now)}</span>
      {subRun !== null && onOpenRun && (
        <button
          type="button"
          onClick={() => onOpenRun(subRun)}
          className="inline-flex shrink-0 items-center gap-1 rounded-sm font-medium underline-offset-2 hover:underline [&_svg]:size-3.5"
        >
          Open that run
          <ArrowUpRight aria-hidden />
        </button>
      )}
    </p>
  );
}

/** By when a step that has a deadline must have ended; a wait of its own says its until below. */
function DeadlineLine({ step }: Pick<StepHeadProps, "step">) {
  const now = useNow(1_000);
  if (!step.deadlineAt || step.finishedAt) return null;
  return <span className="tabular">{deadlineText(step.deadlineAt, now)}</span>;
}

interface StepHeadProps {
  step: StepFacts & { outputIsFallback?: boolean; reusedFrom?: string | null; verification?: string };
  /** Absent while the run lasts. */
  onRetryFrom: (() => void) | undefined;
  /** Shows another run; absent where nobody can. */
  onOpenRun?: ((runId: string) => void) | undefined;
}

export function StepHead({ step, onRetryFrom, onOpenRun }: StepHeadProps) {
  const kind = nodeOf(step.kind);
  return (
    <header className="shrink-0 border-b border-line px-4 pt-3 pb-3">
      <div className="flex items-start gap-2.5">
        <KindIcon icon={kind?.icon ?? "octagon-x"} category={kind?.category ?? "canvas"} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-lg leading-5 font-semibold" title={step.title}>
            {step.title}
          </h2>
          <p className="truncate text-sm text-muted">
            {kind?.title ?? step.kind} · <code className="font-mono text-xs">{step.stepKey}</code>
            {step.itemPath.length > 0 && (
              <span className="tabular">
                {" "}
                · {step.role === "turn" ? "turn" : "item"} {step.itemPath.join(".")}
              </span>
            )}
          </p>
        </div>
      </div>
      <div className="mt-2.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
        <StatusBadge status={step.status} waitingFor={step.waitingFor} />
        {step.startedAt && <Elapsed from={step.startedAt} to={step.finishedAt} />}
        {step.tries > 1 && (
          <span className="tabular">
            try {step.tries} of {step.attemptLimit}
          </span>
        )}
        {step.itemsTotal != null && step.role !== "turn" && (
          <span className="tabular">
            {step.kind === "repeat"
              ? `${step.itemsTotal} ${step.itemsTotal === 1 ? "turn" : "turns"}`
              : `${step.itemsDone ?? 0} of ${step.itemsTotal} items${step.itemsFailed ? `, ${step.itemsFailed} failed` : ""}`}
          </span>
        )}
        <DeadlineLine step={step} />
        {step.outputIsFallback && <Badge tone="waiting">fallback output</Badge>}
        {step.reusedFrom && <Badge tone="neutral">result reused</Badge>}
        {step.verification === "warned" && <Badge tone="waiting">a check warned</Badge>}
        {onRetryFrom && step.itemPath.length === 0 && (
          <Button size="sm" className="ml-auto" icon={<RotateCcw />} onClick={onRetryFrom}>
            Retry from here
          </Button>
        )}
      </div>
      <WaitLine step={step} onOpenRun={onOpenRun} />
    </header>
  );
}
