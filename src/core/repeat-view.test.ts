import { describe, expect, test } from "vitest";
import { emptyRunView, foldRunView } from "./run-view.ts";
import { at, runId } from "./run-story.ts";

describe("a repeat in a run view", () => {
  const split = { step: "poll__split", on: "succeeded" as const };
  const loop = [
    { key: "poll__split", role: "split" as const, dependsOn: [] },
    { key: "check", within: "poll", dependsOn: [split] },
    {
      key: "poll__turn",
      role: "turn" as const,
      within: "poll",
      config: { maxTurns: 3 },
      dependsOn: [{ step: "check", on: "succeeded" as const }],
    },
    { key: "poll", role: "collect" as const, dependsOn: [split] },
    { key: "check__rollback", role: "rollback" as const, within: "poll", dependsOn: [] },
  ];
  const event = (
    seq: number,
    kind: "step.succeeded" | "step.skipped",
    of: string,
    item: number[],
    items?: number,
  ) => ({
    runId,
    seq,
    kind,
    step: of,
    item,
    status: kind === "step.succeeded" ? ("succeeded" as const) : ("skipped" as const),
    at: at(seq),
    ...(items === undefined ? {} : { data: { items } }),
  });
  const idsAfter = (...events: ReturnType<typeof event>[]) => [
    ...foldRunView(emptyRunView(runId, loop), events).steps.keys(),
  ];
  const first = ["poll__split", "poll", "check[0]", "poll__turn[0]"];

  test("gets its next turn when one ends that another follows", () => {
    const opened = event(1, "step.succeeded", "poll__split", [], 1);
    expect(idsAfter(opened)).toEqual(first);
    expect(idsAfter(opened, event(2, "step.succeeded", "poll__turn", [0], 1))).toEqual([
      ...first,
      "check[1]",
      "poll__turn[1]",
    ]);
    expect(idsAfter(opened, event(2, "step.succeeded", "poll__turn", [0]))).toEqual(first);
  });

  test("goes on after a turn of which nothing ran, up to its bound", () => {
    const opened = event(1, "step.succeeded", "poll__split", [], 1);
    const skipped = [0, 1, 2].map((turn) => event(turn + 2, "step.skipped", "poll__turn", [turn]));
    expect(idsAfter(opened, ...skipped).filter((id) => id.startsWith("check"))).toEqual([
      "check[0]",
      "check[1]",
      "check[2]",
    ]);
  });
});
