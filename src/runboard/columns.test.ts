import { describe, expect, it } from "vitest";
import { foldChains, triesOf } from "./card.ts";
import { foldFlood, isStack } from "./flood.ts";
import { groupByLane, groupByStatus } from "./lanes.ts";
import { at, ids, lane, run } from "./card-scene.ts";

describe("columns", () => {
  it("stand for every lane in its position, with or without runs", () => {
    const lanes = [lane("B"), lane("A"), lane("C")];
    expect(
      groupByLane([run("1", { lane: "C" })], lanes).map((column) => [column.key, column.live.length]),
    ).toEqual([
      ["A", 0],
      ["B", 0],
      ["C", 1],
    ]);
  });

  it("put what works first, then what waits, then the queue as it will be served", () => {
    const runs = [
      run("late", { createdAt: at(9) }),
      run("early"),
      run("urgent", { createdAt: at(10), priority: 1 }),
      run("waits", { status: "waiting" }),
      run("works", { status: "running" }),
    ];
    expect(ids(groupByLane(runs, [lane("A")])[0]!.live)).toEqual([
      "works",
      "waits",
      "urgent",
      "early",
      "late",
    ]);
  });

  it("keep failed and finished runs apart, latest first", () => {
    const runs = [
      run("1", { status: "succeeded", finishedAt: at(5) }),
      run("2", { status: "failed", finishedAt: at(6) }),
      run("3"),
      run("4", { status: "cancelled", finishedAt: at(7) }),
      run("5", { status: "failed", finishedAt: at(8) }),
    ];
    const [column] = groupByLane(runs, [lane("A")]);
    expect([ids(column!.live), ids(column!.failed), ids(column!.finished)]).toEqual([
      ["3"],
      ["5", "2"],
      ["4", "1"],
    ]);
  });

  it("leave runs that wait for the lane itself in the queue", () => {
    const held = run("held", { status: "waiting", waitingFor: { kind: "lane" }, createdAt: at(1) });
    const runs = [held, run("queued"), run("works", { status: "running", startedAt: at(2) })];
    const [column] = groupByLane(runs, [lane("A")]);
    expect([column!.liveCount, ids(column!.live)]).toEqual([1, ["works", "queued", "held"]]);
  });

  it("count running and waiting runs against the limit", () => {
    const runs = [run("1", { status: "running" }), run("2", { status: "waiting" }), run("3")];
    expect(groupByLane(runs, [lane("A")])[0]!.liveCount).toBe(2);
  });

  it("exist for every status", () => {
    expect(groupByStatus([]).map((column) => column.key)).toEqual([
      "queued",
      "running",
      "waiting",
      "succeeded",
      "failed",
      "cancelled",
    ]);
  });
});

describe("a retry chain", () => {
  it("is one card with its tries", () => {
    const runs = [run("3", { retryOf: "2" }), run("2", { retryOf: "1", retryCount: 2 }), run("1"), run("x")];
    const folded = foldChains(runs);
    expect(folded.map(({ run: newest, chain }) => [newest.id, ids(chain), triesOf(newest, chain)])).toEqual([
      ["3", ["2", "1"], 5],
      ["x", [], 1],
    ]);
  });

  it("shows a run alone when the one before it is not listed", () => {
    expect(foldChains([run("2", { retryOf: "gone" })]).map((card) => card.run.id)).toEqual(["2"]);
  });
});

describe("a flood", () => {
  const flood = Array.from({ length: 20 }, (_, i) => run(String(i), { createdAt: at(i) }));

  it("folds into a stack behind the first cards, with its rate", () => {
    const entries = foldFlood(flood, 3, new Set());
    expect(
      entries.map((entry) => (isStack(entry) ? [entry.runs.length, entry.perMinute] : entry.id)),
    ).toEqual(["0", "1", "2", [17, 64]]);
  });

  it("leaves other workflows and live runs alone", () => {
    const entries = foldFlood(
      [run("live", { status: "running" }), ...flood, run("other", { workflowId: "v" })],
      3,
      new Set(),
    );
    expect(entries.filter((entry) => !isStack(entry))).toHaveLength(5);
  });

  it("unfolds when a person opens it", () => {
    expect(foldFlood(flood, 3, new Set(["w"]))).toHaveLength(20);
  });

  it("is not made of a handful", () => {
    expect(foldFlood(flood.slice(0, 5), 3, new Set())).toHaveLength(5);
  });
});
