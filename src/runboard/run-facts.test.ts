import { describe, expect, it } from "vitest";
import { firstLook, stepsText, triggerText, usageText } from "./run-facts.ts";
import type { StepFacts } from "./step-tree.ts";

const step = (stepKey: string, rank: number, facts: Partial<StepFacts>): StepFacts => ({
  runId: "r",
  stepKey,
  itemPath: [],
  nodeId: stepKey,
  kind: "transform",
  title: stepKey,
  rank,
  status: "succeeded",
  attempt: 1,
  attemptLimit: 4,
  tries: 1,
  ...facts,
});
const usage = { llmCalls: 0, toolCalls: 0, httpCalls: 0, tokensIn: 0, tokensOut: 0, costUsd: 0, activeMs: 0 };

describe("a run page opens", () => {
  it("at the step that failed the run, even when a caught one failed before it", () => {
    const steps = [step("caught", 0, { status: "failed" }), step("fatal", 1, { status: "failed" })];
    expect(firstLook(steps, "fatal")?.stepKey).toBe("fatal");
    expect(firstLook(steps, undefined)?.stepKey).toBe("caught");
  });

  it("at what waits for a person before what only waits or runs", () => {
    const steps = [
      step("runs", 0, { status: "running" }),
      step("backoff", 1, { status: "waiting", waitingFor: { kind: "retry" } }),
      step("ask", 2, { status: "waiting", waitingFor: { kind: "approval" } }),
    ];
    expect(firstLook(steps, undefined)?.stepKey).toBe("ask");
  });

  it("at the last step of a run that succeeded", () => {
    expect(
      firstLook([step("a", 0, {}), step("b", 1, {}), step("c", 2, { status: "skipped" })], undefined)
        ?.stepKey,
    ).toBe("b");
  });
});

describe("the head of a run page", () => {
  it("names who or what started it", () => {
    expect(triggerText({ kind: "manual" }, "Ana")).toBe("Started by Ana");
    expect(triggerText({ kind: "schedule" }, undefined)).toBe("Started by its schedule");
  });

  it("says how far it is and what it used", () => {
    expect(
      stepsText({
        pending: 2,
        ready: 0,
        running: 1,
        waiting: 0,
        succeeded: 4,
        failed: 1,
        skipped: 1,
        cancelled: 0,
        total: 9,
      }),
    ).toBe("5/9 steps");
    expect(
      usageText({ ...usage, llmCalls: 1, httpCalls: 2, tokensIn: 1000, tokensOut: 204, costUsd: 0.021 }),
    ).toBe("3 calls · 1,204 tokens · $0.02");
    expect(usageText(usage)).toBe("");
  });
});
