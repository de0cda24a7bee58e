import { describe, expect, it } from "vitest";
import { indexBodies, treeRows, type StepFacts } from "./step-tree.ts";
import { foldSegments } from "./timeline.ts";

const step = (stepKey: string, facts: Partial<StepFacts> = {}): StepFacts => ({
  runId: "r",
  stepKey,
  itemPath: [],
  nodeId: stepKey,
  kind: "http-request",
  title: stepKey,
  rank: 0,
  status: "pending",
  attempt: 0,
  attemptLimit: 4,
  tries: 0,
  ...facts,
});
const within = new Map([
  ["call", "each"],
  ["each__item", "each"],
]);
const mapRun = [
  step("each", { role: "collect", kind: "map", rank: 3 }),
  step("each__split", { role: "split", kind: "map", rank: 0, status: "succeeded" }),
  step("call", { itemPath: [1], rank: 1, status: "failed" }),
  step("each__item", { itemPath: [1], rank: 2, role: "item" }),
  step("call", { itemPath: [0], rank: 1, status: "succeeded" }),
  step("each__item", { itemPath: [0], rank: 2, role: "item", status: "succeeded" }),
  step("after", { rank: 4 }),
];
const labels = (open: string[]) =>
  treeRows({ bodies: indexBodies(mapRun, within), segments: new Map(), open: new Set(open) }).map(
    (row) => "  ".repeat(row.depth) + row.label,
  );

describe("rows of the timeline", () => {
  it("follow the plan, whatever the order of the rows", () => {
    const steps = [step("b", { rank: 1 }), step("c", { rank: 1 }), step("a")];
    expect(
      treeRows({ bodies: indexBodies(steps, new Map()), segments: new Map(), open: new Set() }).map(
        (row) => row.id,
      ),
    ).toEqual(["a", "b", "c"]);
  });

  it("show a map as one row until it is unfolded", () => {
    expect(labels([])).toEqual(["each", "after"]);
  });

  it("show the items of an unfolded map in item order, without the steps the compiler made", () => {
    expect(labels(["each"])).toEqual(["each", "  Item 0", "  Item 1", "after"]);
    expect(labels(["each", "each[1]/"])).toEqual(["each", "  Item 0", "  Item 1", "    call", "after"]);
  });

  it("lead from a failed item to the step that failed", () => {
    const rows = treeRows({
      bodies: indexBodies(mapRun, within),
      segments: new Map(),
      open: new Set(["each"]),
    });
    expect(rows[2]).toMatchObject({
      label: "Item 1",
      status: "failed",
      step: { stepKey: "call", itemPath: [1] },
    });
  });

  it("unfold a step to its attempts only when there were several", () => {
    const at = (s: number) => new Date(s * 1000).toISOString();
    const segments = foldSegments(new Map(), [
      { kind: "step.started", step: "a", attempt: 1, at: at(1) },
      { kind: "step.waiting", step: "a", attempt: 1, at: at(2), data: { waitingFor: { kind: "retry" } } },
      { kind: "step.started", step: "a", attempt: 2, at: at(9) },
      { kind: "step.succeeded", step: "a", attempt: 2, at: at(10) },
    ]);
    const rows = treeRows({
      bodies: indexBodies([step("a", { status: "succeeded" }), step("b")], within),
      segments,
      open: new Set(["a"]),
    });
    expect(rows.map((row) => [row.label, row.status, row.open])).toEqual([
      ["a", "succeeded", true],
      ["Attempt 1", "failed", null],
      ["Attempt 2", "succeeded", null],
      ["b", "pending", null],
    ]);
  });
});
