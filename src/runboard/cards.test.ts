import { describe, expect, it } from "vitest";
import { foldChains, triesOf, type CardLane, type CardRun } from "./card.ts";
import { foldFlood, isStack } from "./flood.ts";
import { groupByLane, groupByStatus } from "./lanes.ts";
import { nowLine } from "./now-line.ts";
import { applyPending, settlePending, whyNotMove } from "./pending.ts";

const counts = {
  pending: 0,
  ready: 0,
  running: 0,
  waiting: 0,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
  total: 0,
};
const usage = { llmCalls: 0, toolCalls: 0, httpCalls: 0, tokensIn: 0, tokensOut: 0, costUsd: 0, activeMs: 0 };
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();
const now = Date.parse(at(30));
const run = (id: string, facts: Partial<CardRun> = {}): CardRun => ({
  id,
  workflowId: "w",
  version: 1,
  title: `Run ${id}`,
  status: "queued",
  lane: "A",
  priority: 100,
  trigger: { kind: "manual" },
  retryCount: 0,
  counts,
  usage,
  lastSeq: 1,
  createdAt: at(0),
  ...facts,
});
const lane = (name: string, facts: Partial<CardLane> = {}): CardLane => ({
  name,
  title: `Lane ${name}`,
  colour: "slate",
  position: name.charCodeAt(0),
  paused: false,
  ...facts,
});
const ids = (runs: readonly CardRun[]) => runs.map((each) => each.id);

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

describe("the line of now", () => {
  const step = (title: string, facts = {}) => ({
    runId: "1",
    stepKey: "s",
    itemPath: [],
    title,
    status: "running" as const,
    tries: 1,
    attemptLimit: 4,
    ...facts,
  });

  it("says how far a run of many steps is", () => {
    const many = run("1", {
      status: "running",
      counts: { ...counts, succeeded: 1_200, skipped: 50, running: 3, total: 5_002 },
    });
    expect(nowLine(many, [], undefined, 0, now)).toEqual({
      text: "3 steps at work",
      aside: "24 %",
      whole: "3 steps at work, 1,250 of 5,002 steps done",
      tone: "plain",
    });
  });

  it("names the running step, its try and what else runs", () => {
    const line = nowLine(
      run("1", { status: "running" }),
      [step("Fetch", { tries: 2 }), step("Score")],
      undefined,
      1,
      now,
    );
    expect(line).toEqual({ text: "Fetch, try 2 of 4 and 1 more", tone: "plain" });
  });

  it("counts the items of a map", () => {
    expect(
      nowLine(
        run("1", { status: "running" }),
        [step("Each", { itemsTotal: 100, itemsDone: 97 })],
        undefined,
        1,
        now,
      ).text,
    ).toBe("Each · 97/100");
  });

  it("says for what a run waits and until when", () => {
    const waitingFor = { kind: "retry" as const, until: at(38) };
    const line = nowLine(
      run("1", { status: "waiting", waitingFor }),
      [step("Fetch", { status: "waiting", waitingFor })],
      undefined,
      1,
      now,
    );
    expect(line.text).toBe("Fetch: try 2 of 4");
    expect(line.aside).toBe("in 8 s");
    expect(line.whole).toMatch(/^Fetch: try 2 of 4 at \d\d:\d\d:38, in 8 s$/);
  });

  it("says why nothing starts in a full or paused lane", () => {
    expect(nowLine(run("1"), [], lane("A", { title: "Refunds", wipLimit: 3 }), 3, now)).toMatchObject({
      text: "Waits for a free slot",
      aside: "3 of 3 taken",
      whole: "Waits for a free slot in Refunds, 3 of 3 taken",
    });
    expect(nowLine(run("1"), [], lane("A", { title: "A", paused: true }), 0, now).text).toBe(
      "Held back: lane A is paused",
    );
  });

  it("names a pause rather than a slot when a held run's lane is paused", () => {
    const held = run("1", { status: "waiting", waitingFor: { kind: "lane" } });
    expect(nowLine(held, [], lane("A", { title: "Refunds", paused: true }), 0, now)).toEqual({
      text: "Held back: Refunds is paused",
      tone: "waiting",
    });
  });

  it("quotes the first line of the error", () => {
    const error = { class: "permanent" as const, code: "http_404", message: "The server says 404.\nMore" };
    expect(nowLine(run("1", { status: "failed", error, finishedAt: at(1) }), [], undefined, 0, now)).toEqual({
      text: "The server says 404.",
      tone: "failed",
    });
  });

  it("tells what a finished run came to", () => {
    const done = run("1", {
      status: "succeeded",
      startedAt: at(0),
      finishedAt: at(12),
      counts: { ...counts, succeeded: 3, failed: 1 },
    });
    expect(nowLine(done, [], undefined, 0, now).text).toBe("3 steps done with 1 failed step, 18 s ago");
  });
});

describe("a command that the server has not confirmed", () => {
  it("already shows on the card", () => {
    const [moved, cancelled, retried] = applyPending(
      [run("1"), run("2", { status: "running" }), run("3", { status: "failed", finishedAt: at(1) })],
      {
        1: { verb: "move", lane: "B" },
        2: { verb: "cancel", at: at(30) },
        3: { verb: "retry", seq: 1 },
      },
    );
    expect([moved?.lane, cancelled?.cancelRequestedAt, retried?.status, retried?.retryCount]).toEqual([
      "B",
      at(30),
      "queued",
      1,
    ]);
  });

  it("is dropped once the row shows it, and leaves other cards untouched", () => {
    const pending = {
      1: { verb: "move" as const, lane: "B" },
      2: { verb: "cancel" as const, at: at(30) },
    };
    expect(settlePending([run("1", { lane: "B" }), run("2")], pending)).toEqual({
      2: { verb: "cancel", at: at(30) },
    });
    const other = run("9");
    expect(applyPending([other], pending)[0]).toBe(other);
  });
});

describe("moving a card", () => {
  it("is refused with the reason", () => {
    expect(whyNotMove(run("1"), "B", ["A", "B"])).toBeNull();
    expect(whyNotMove(run("1"), "A", ["A", "B"])).toBe("Run 1 already stands in lane A.");
    expect(whyNotMove(run("1", { status: "failed", finishedAt: at(1) }), "B", ["A", "B"])).toBe(
      "Run 1 has failed; only queued, running and waiting runs change lanes. Retry it first.",
    );
  });
});
