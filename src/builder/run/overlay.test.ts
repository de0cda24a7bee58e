import { describe, expect, it } from "vitest";
import type { StepStatus } from "../../core/run.ts";
import { noRun, wireState, type NodeRun, type OverlayState } from "./overlay.ts";

function run(status: StepStatus, port: string | null = null): NodeRun {
  return { stepKey: "x", status, waitingFor: null, attempt: 1, port, items: null, fallback: false };
}

function state(nodes: Record<string, NodeRun>, status: OverlayState["status"] = "running"): OverlayState {
  return { ...noRun, runId: "r", status, byNode: new Map(Object.entries(nodes)) };
}

describe("what a wire did in a run", () => {
  it("is nothing without a run", () => {
    expect(wireState(noRun, "a", "b", "text")).toBeUndefined();
  });

  it("is active while its target works and taken once it has ended or waits", () => {
    expect(wireState(state({ a: run("succeeded"), b: run("running") }), "a", "b", "text")).toBe("active");
    expect(wireState(state({ a: run("succeeded"), b: run("succeeded") }), "a", "b", "text")).toBe("taken");
    expect(wireState(state({ a: run("succeeded"), b: run("waiting") }), "a", "b", "text")).toBe("taken");
  });

  it("is untaken when the branch went the other way or the target was skipped", () => {
    const nodes = { a: run("succeeded", "yes"), b: run("succeeded"), c: run("skipped") };
    expect(wireState(state(nodes), "a", "b", "no")).toBe("untaken");
    expect(wireState(state(nodes), "a", "c", "yes")).toBe("untaken");
  });

  it("tells the failed wire from the others", () => {
    const nodes = { a: run("failed"), b: run("succeeded") };
    expect(wireState(state(nodes), "a", "b", "failed")).toBe("taken");
    expect(wireState(state(nodes), "a", "b", "text")).toBe("untaken");
  });

  it("treats a trigger, which is no step, as passed", () => {
    expect(wireState(state({ b: run("succeeded") }), "start", "b", "input")).toBe("taken");
  });

  it("leaves what has not been reached open until the run is over", () => {
    const nodes = { a: run("running"), b: run("pending") };
    expect(wireState(state(nodes), "a", "b", "text")).toBeUndefined();
    expect(wireState(state(nodes, "cancelled"), "a", "b", "text")).toBe("untaken");
  });
});
