// What the head of a run page says about a run.
import type { Counts, RunTrigger, Usage } from "../core/run.ts";
import type { StepFacts } from "./step-tree.ts";

const triggerWords: Record<RunTrigger["kind"], string> = {
  manual: "Started by hand",
  webhook: "Started by a webhook",
  schedule: "Started by its schedule",
  workflow: "Started by another run",
  retry: "Started as a retry",
  api: "Started over the API",
  cli: "Started from the command line",
  mcp: "Started over MCP",
};

/** @param who the name behind `trigger.by`, if it is known */
export function triggerText(trigger: RunTrigger, who: string | undefined): string {
  const words = trigger.onError ? "Started because another run failed" : triggerWords[trigger.kind];
  if (!who) return words;
  return trigger.kind === "manual" ? `Started by ${who}` : `${words}, ${who}`;
}

/** Steps with nothing left to do out of all, e.g. `7/9 steps`; those that failed or were cancelled are still owed. */
export function stepsText(counts: Counts): string {
  return `${counts.succeeded + counts.skipped}/${counts.total} steps`;
}

/** How much of a run was undone, e.g. `2 of 3 steps undone`. */
export function undoneText(steps: readonly StepFacts[]): string {
  const undoing = steps.filter(({ role }) => role === "rollback");
  const done = undoing.filter(({ status }) => status === "succeeded").length;
  const noun = undoing.length === 1 ? "step" : "steps";
  return done === undoing.length ? `${done} ${noun} undone` : `${done} of ${undoing.length} ${noun} undone`;
}

/** What the run has used, e.g. `3 calls · 1,204 tokens · $0.02`; empty when nothing. */
export function usageText(usage: Usage): string {
  const calls = usage.llmCalls + usage.toolCalls + usage.httpCalls;
  const tokens = usage.tokensIn + usage.tokensOut;
  const parts = [
    calls > 0 ? `${calls} ${calls === 1 ? "call" : "calls"}` : "",
    tokens > 0 ? `${tokens.toLocaleString("en")} tokens` : "",
    usage.costUsd > 0 ? `$${usage.costUsd < 0.01 ? usage.costUsd.toFixed(4) : usage.costUsd.toFixed(2)}` : "",
  ];
  return parts.filter(Boolean).join(" · ");
}

/**
 * The step a run page opens at: the one that failed the run, else the first failed one, else what waits for a person, what waits,
 * what runs, and last the final step.
 */
export function firstLook<Step extends StepFacts>(
  steps: readonly Step[],
  failedStep: string | undefined,
): Step | undefined {
  const real = steps.filter((step) => step.role !== "item" && step.role !== "rollback");
  const inOrder = [...real].sort((a, b) => a.rank - b.rank);
  const needsPerson = (step: Step): boolean =>
    step.waitingFor?.kind === "approval" ||
    step.waitingFor?.kind === "form" ||
    step.waitingFor?.kind === "reconcile";
  return (
    inOrder.find((step) => step.status === "failed" && step.stepKey === failedStep) ??
    inOrder.find((step) => step.status === "failed") ??
    inOrder.find(needsPerson) ??
    inOrder.find((step) => step.status === "waiting") ??
    inOrder.find((step) => step.status === "running") ??
    inOrder.findLast((step) => step.status === "succeeded" && step.itemPath.length === 0) ??
    inOrder[0]
  );
}
