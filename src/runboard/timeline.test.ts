import { describe, expect, it } from "vitest";
import { foldSegments, timeSpent, withRootQueue, type TimelineEvent } from "./timeline.ts";

const event = (
  second: number,
  kind: TimelineEvent["kind"],
  attempt = 1,
  data?: TimelineEvent["data"],
): TimelineEvent => ({
  kind,
  step: "fetch",
  attempt,
  at: new Date(second * 1000).toISOString(),
  ...(data ? { data } : {}),
});
const shape = (events: TimelineEvent[]) =>
  (foldSegments(new Map(), events).get("fetch") ?? []).map(({ kind, from, to, attempt, ended }) =>
    [kind, from / 1000, to === null ? null : to / 1000, attempt, ended].filter((part) => part !== undefined),
  );
const retry = { waitingFor: { kind: "retry" }, errorCode: "http_5xx" };

describe("segments of a step", () => {
  it("separate queueing, running and backoff", () => {
    const events = [
      event(0, "step.ready", 0),
      event(2, "step.started"),
      event(3, "step.waiting", 1, retry),
      event(13, "step.started", 2),
      event(15, "step.succeeded", 2),
    ];
    expect(shape(events)).toEqual([
      ["queued", 0, 2, 0],
      ["running", 2, 3, 1, "retry"],
      ["backoff", 3, 13, 1],
      ["running", 13, 15, 2, "succeeded"],
    ]);
  });

  it("show a step done ahead of the record as over when it began, and nothing of an item that nobody executed", () => {
    expect(shape([event(4, "step.succeeded")])).toEqual([["running", 4, 4, 1, "succeeded"]]);
    expect(shape([event(4, "step.succeeded", 0)])).toEqual([]);
  });

  it("leave the last one open while it lasts", () => {
    expect(shape([event(0, "step.ready", 0), event(1, "step.started")])).toEqual([
      ["queued", 0, 1, 0],
      ["running", 1, null, 1],
    ]);
  });

  it("call a wait for a person a wait, not a backoff", () => {
    const events = [
      event(0, "step.started"),
      event(1, "step.waiting", 1, { waitingFor: { kind: "approval" } }),
      event(9, "step.succeeded"),
    ];
    expect(shape(events)).toEqual([
      ["running", 0, 1, 1, "parked"],
      ["waiting", 1, 9, 1],
    ]);
  });

  it("show a lost worker as an attempt that ended", () => {
    expect(
      shape([event(0, "step.started"), event(5, "step.recovered", 2), event(7, "step.failed", 2)]),
    ).toEqual([
      ["running", 0, 5, 1, "lost"],
      ["running", 5, 7, 2, "failed"],
    ]);
  });

  it("are the same when folded in one go or event by event", () => {
    const events = [
      event(0, "step.started"),
      event(1, "step.waiting", 1, retry),
      event(4, "step.started", 2),
      event(5, "step.failed", 2),
    ];
    const oneByOne = events.reduce(
      (segments, each) => foldSegments(segments, [each]),
      foldSegments(new Map(), []),
    );
    expect(oneByOne).toEqual(foldSegments(new Map(), events));
  });

  it("keep items of a map apart", () => {
    const segments = foldSegments(new Map(), [
      { ...event(0, "step.started"), item: [0] },
      { ...event(1, "step.started"), item: [1] },
    ]);
    expect([...segments.keys()]).toEqual(["fetch[0]", "fetch[1]"]);
  });

  it("let a root step queue since the run was queued", () => {
    const segments = foldSegments(new Map(), [event(4, "step.started")]).get("fetch") ?? [];
    expect(withRootQueue(segments, 1000)[0]).toEqual({ kind: "queued", from: 1000, to: 4000, attempt: 0 });
  });

  it("add up to the time spent, the open one until now", () => {
    const segments =
      foldSegments(new Map(), [event(0, "step.started"), event(1, "step.waiting", 1, retry)]).get("fetch") ??
      [];
    expect(timeSpent(segments, 11_000)).toEqual({ queued: 0, running: 1000, waiting: 0, backoff: 10_000 });
  });
});
