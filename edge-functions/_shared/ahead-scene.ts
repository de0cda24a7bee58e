// A claimed step, those that follow it, and a script by which they end: for the tests of going on ahead.
import type { JsonObject } from "../../src/core/json.ts";
import { type AheadStep, ClaimedStep, StepReport } from "../../src/core/worker.ts";

export const runId = "22222222-2222-4222-8222-222222222222";
export const recorded = async () => true;
export const hold = { signal: new AbortController().signal, mayStart: () => true };

export function claimed(following: AheadStep[], followingScopes: JsonObject[] = []): ClaimedStep {
  const { reads: _reads, ...planned } = next("first");
  return ClaimedStep.parse({
    ...planned,
    scope: {},
    followingScopes,
    runId,
    workspaceId: runId,
    itemPath: [3],
    attempt: 2,
    tries: 1,
    leaseUntil: "2026-01-01T00:00:00Z",
    keyRun: runId,
    planHash: "a".repeat(64),
    mode: "live",
    following,
  });
}

export function next(stepKey: string, more: Partial<AheadStep> = {}): AheadStep {
  return {
    stepKey,
    kind: "transform",
    kindVersion: 1,
    title: stepKey,
    config: {},
    inputs: {},
    onFailure: "fail_run",
    outputs: {},
    verifiers: [],
    connections: [],
    tools: [],
    effect: "pure",
    timeoutMs: 1_000,
    reads: [],
    ...more,
  };
}

/** Executes by script; `asked` are the steps as they came. */
export function scripted(says: Record<string, Partial<StepReport> | undefined>) {
  const asked: ClaimedStep[] = [];
  const execute = async (step: ClaimedStep) => {
    asked.push(step);
    const { stepKey, itemPath, attempt } = step;
    if (stepKey in says && says[stepKey] === undefined) return undefined;
    return StepReport.parse({
      runId,
      stepKey,
      itemPath,
      attempt,
      outcome: "succeeded",
      output: { of: stepKey },
      ...says[stepKey],
    });
  };
  return { asked, execute };
}
