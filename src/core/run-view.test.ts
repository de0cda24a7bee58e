import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  emptyBoardView,
  emptyRunView,
  foldBoard,
  foldRunView,
  instanceKey,
  missingEvents,
  type BoardRow,
  type FoldEvent,
} from "./run-view.ts";

const runId = "018f0000-0000-7000-8000-000000000001";
const at = (n: number) => `2026-01-01T00:00:${String(n).padStart(2, "0")}.000Z`;
const plan = [
  { key: "fetch", dependsOn: [] },
  { key: "each__split", role: "split" as const, dependsOn: [{ step: "fetch", on: "succeeded" as const }] },
  { key: "send", within: "each", dependsOn: [{ step: "each__split", on: "succeeded" as const }] },
  {
    key: "each__item",
    within: "each",
    role: "item" as const,
    dependsOn: [{ step: "send", on: "succeeded" as const }],
  },
  { key: "each", role: "collect" as const, dependsOn: [{ step: "each__split", on: "succeeded" as const }] },
];

const story: Omit<FoldEvent, "seq" | "runId" | "at">[] = [
  { kind: "run.queued", status: "queued", data: { lane: "B", priority: 100 } },
  { kind: "run.started", status: "running" },
  { kind: "step.started", step: "fetch", status: "running", attempt: 1 },
  {
    kind: "step.waiting",
    step: "fetch",
    status: "waiting",
    attempt: 1,
    data: { waitingFor: { kind: "retry", until: at(9) } },
  },
  { kind: "run.waiting", status: "waiting", data: { waitingFor: { kind: "retry", until: at(9) } } },
  { kind: "step.started", step: "fetch", status: "running", attempt: 2 },
  { kind: "run.resumed", status: "running" },
  { kind: "step.succeeded", step: "fetch", status: "succeeded", attempt: 2 },
  { kind: "step.started", step: "each__split", status: "running", attempt: 1 },
  { kind: "step.succeeded", step: "each__split", status: "succeeded", attempt: 1, data: { items: 2 } },
  { kind: "step.started", step: "send", item: [0], status: "running", attempt: 1 },
  {
    kind: "step.failed",
    step: "send",
    item: [0],
    status: "failed",
    attempt: 1,
    data: { errorCode: "http_4xx" },
  },
  { kind: "step.skipped", step: "each__item", item: [0], status: "skipped" },
  { kind: "run.updated", status: "running", data: { lane: "A" } },
];
const events: FoldEvent[] = story.map((event, n) => ({ ...event, runId, seq: n + 1, at: at(n) }));
const folded = foldRunView(emptyRunView(runId, plan), events);
const step = (key: string, item: number[] = []) => folded.steps.get(instanceKey(key, item));

describe("a run view", () => {
  test("starts with the plan's roots ready and the rest pending", () => {
    const view = emptyRunView(runId, plan);
    expect([...view.steps.values()].map((each) => `${each.id} ${each.status}`)).toEqual([
      "fetch ready",
      "each__split pending",
      "each pending",
    ]);
    expect(view.counts).toMatchObject({ ready: 1, pending: 2, total: 3 });
  });

  test("says what the database says after the last event", () => {
    expect(folded).toMatchObject({
      status: "running",
      lane: "A",
      priority: 100,
      lastSeq: 14,
      startedAt: at(1),
      waitingFor: null,
    });
    expect(step("fetch")).toMatchObject({
      status: "succeeded",
      attempt: 2,
      startedAt: at(2),
      finishedAt: at(7),
      waitingFor: null,
    });
    expect(step("each__split")).toMatchObject({ items: 2 });
    expect(step("send", [0])).toMatchObject({ status: "failed", errorCode: "http_4xx" });
    expect(step("send", [1])).toMatchObject({ status: "ready" });
    expect(step("each__item", [1])).toMatchObject({ status: "pending" });
    expect(folded.counts).toEqual({
      pending: 2,
      ready: 1,
      running: 0,
      waiting: 0,
      succeeded: 2,
      failed: 1,
      skipped: 1,
      cancelled: 0,
      total: 7,
    });
  });

  test("is the same however its events are ordered, repeated and cut into messages", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...events, ...events, ...events], { minLength: events.length * 3 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 50, maxLength: 50 }),
        (shuffled, cuts) => {
          let view = emptyRunView(runId, plan);
          for (let from = 0, n = 0; from < shuffled.length; n++) {
            view = foldRunView(view, shuffled.slice(from, from + (cuts[n % cuts.length] ?? 1)));
            from += cuts[n % cuts.length] ?? 1;
          }
          expect(view).toEqual(folded);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("after any n events equals a replay of n, and going on from its rows ends the same", () => {
    for (let n = 0; n <= events.length; n++) {
      const {
        steps,
        ahead: _,
        plan: __,
        runId: ___,
        ...facts
      } = foldRunView(emptyRunView(runId, plan), events.slice(0, n));
      const seeded = emptyRunView(runId, plan, { ...facts, steps: [...steps.values()] });
      expect(foldRunView(seeded, events)).toEqual(folded);
    }
  });

  test("starts only as many items of a map as may run at once", () => {
    const narrow = plan.map((one) => (one.role === "split" ? { ...one, config: { concurrency: 1 } } : one));
    const view = foldRunView(emptyRunView(runId, narrow), events.slice(0, 10));
    expect([0, 1].map((n) => view.steps.get(`send[${n}]`)?.status)).toEqual(["ready", "pending"]);
  });

  test("a step done ahead of the record started when it was recorded; an item that nobody executed did not", () => {
    const ahead: FoldEvent[] = [
      { kind: "step.succeeded", step: "fetch", status: "succeeded", attempt: 1, runId, seq: 1, at: at(3) },
      {
        kind: "step.succeeded",
        step: "each__item",
        item: [0],
        status: "succeeded",
        attempt: 0,
        runId,
        seq: 2,
        at: at(4),
      },
    ];
    const view = foldRunView(emptyRunView(runId, plan), ahead);
    expect(view.steps.get("fetch")).toMatchObject({ startedAt: at(3), finishedAt: at(3) });
    expect(view.steps.get("each__item[0]")).toMatchObject({ startedAt: null, finishedAt: at(4) });
  });

  test("keeps events past a gap and says what is missing", () => {
    const view = foldRunView(emptyRunView(runId, plan), [...events.slice(0, 2), ...events.slice(5)]);
    expect(view.lastSeq).toBe(2);
    expect(missingEvents(view)).toEqual({ after: 2, before: 6 });
    expect(foldRunView(view, events)).toEqual(folded);
  });

  test("keeps the identity of what did not change", () => {
    expect(foldRunView(folded, events)).toBe(folded);
    const next = foldRunView(folded, [
      {
        kind: "step.started",
        step: "send",
        item: [1],
        status: "running",
        attempt: 1,
        runId,
        seq: 15,
        at: at(20),
      },
    ]);
    expect(next.steps.get("fetch")).toBe(folded.steps.get("fetch"));
    expect(next.steps.get("send[1]")).not.toBe(folded.steps.get("send[1]"));
    const lane = foldRunView(folded, [
      { kind: "run.updated", status: "running", runId, seq: 15, at: at(20), data: { priority: 1 } },
    ]);
    expect(lane.steps).toBe(folded.steps);
  });

  test("forgets the end when the run is retried in place", () => {
    const failed = foldRunView(folded, [
      { kind: "run.failed", status: "failed", runId, seq: 15, at: at(20), data: { errorCode: "http_4xx" } },
      { kind: "run.retried", status: "queued", runId, seq: 16, at: at(30), data: { retryCount: 1 } },
      { kind: "step.retried", step: "send", item: [0], status: "ready", runId, seq: 17, at: at(30) },
    ]);
    expect(failed).toMatchObject({ status: "queued", errorCode: null, finishedAt: null, retryCount: 1 });
    expect(failed.steps.get("send[0]")).toMatchObject({ status: "ready", errorCode: null, finishedAt: null });
  });
});

describe("the board", () => {
  const counts = folded.counts;
  const row = (id: string, facts: Partial<BoardRow> = {}): BoardRow => ({
    id,
    status: "queued",
    lane: "A",
    priority: 100,
    counts,
    createdAt: at(0),
    lastSeq: 1,
    ...facts,
  });
  const other = "018f0000-0000-7000-8000-000000000002";
  const board = foldBoard(emptyBoardView(), [row(runId), row(other, { lane: "B" })]);

  test("puts cards into lanes and columns in the order they are served", () => {
    const more = foldBoard(board, [row("018f0000-0000-7000-8000-000000000003", { priority: 1 })]);
    expect(more.lanes.get("A")?.map((card) => card.priority)).toEqual([1, 100]);
    expect(more.byStatus.get("queued")?.length).toBe(3);
    expect(more.lanes.get("B")).toBe(board.lanes.get("B"));
  });

  test("moves a card on an event and ignores what is older than its row", () => {
    const moved = foldBoard(board, [
      { runId, seq: 4, kind: "run.updated", status: "running", at: at(3), data: { lane: "B" } },
    ]);
    expect(moved.lanes.get("B")?.map((card) => card.id)).toEqual([runId, other]);
    expect(moved.lanes.has("A")).toBe(false);
    expect(
      foldBoard(moved, [{ runId, seq: 3, kind: "run.queued", status: "queued", at: at(2) }, row(runId)]),
    ).toBe(moved);
  });

  test("asks for the row of a run it has not seen", () => {
    const unknown = foldBoard(emptyBoardView(), [
      { runId, seq: 1, kind: "run.queued", status: "queued", at: at(0) },
    ]);
    expect([...unknown.unknown]).toEqual([runId]);
    expect(foldBoard(unknown, [row(runId)]).unknown.size).toBe(0);
  });
});

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
