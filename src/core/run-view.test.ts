import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyRunView, foldRunView, missingEvents, type FoldEvent } from "./run-view.ts";
import { at, events, folded, plan, runId, step } from "./run-story.ts";

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
