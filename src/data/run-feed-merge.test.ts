import { expect, test } from "vitest";
import type { Envelope, EventKind, RunEvent } from "../core/run-event.ts";
import { mergeEvents, startMerge } from "./run-feed-merge.ts";

const runId = "6f8f2c54-31a5-4f0e-9d0c-0a8f5d1f7b11";
const workspaceId = "1b0b7f0a-6f64-4b57-8c2e-3c1d7a9e2f22";
const at = "2026-11-20T10:00:00.000Z";

function envelope(seq: number, kind: EventKind = "step.started"): Envelope {
  return { runId, seq, kind, step: "fetch", item: [], status: "running", attempt: 1, at };
}

function stored(seq: number, kind: EventKind = "step.started"): RunEvent {
  return { ...envelope(seq, kind), workspaceId, data: {} };
}

const seqs = (events: { seq: number }[]) => events.map((event) => event.seq);

test("stored events are handed on in order, whatever order they arrive in", () => {
  const step = mergeEvents(startMerge(), [stored(3), stored(1), stored(2)]);
  expect(seqs(step.ready)).toEqual([1, 2, 3]);
  expect(step.read).toBe(false);
});

test("an event that was handed on is dropped when it comes again", () => {
  const first = mergeEvents(startMerge(), [stored(1), stored(2)]);
  const second = mergeEvents(first.merge, [stored(1), envelope(2), envelope(3)]);
  expect(seqs(second.ready)).toEqual([3]);
});

test("a gap holds what comes after it and asks for a read", () => {
  const first = mergeEvents(startMerge(), [stored(1)]);
  const gap = mergeEvents(first.merge, [envelope(3), envelope(4)]);
  expect(gap.ready).toEqual([]);
  expect(gap.read).toBe(true);
  const filled = mergeEvents(gap.merge, [stored(2)]);
  expect(seqs(filled.ready)).toEqual([2, 3, 4]);
  expect(filled.read).toBe(false);
});

test("envelopes that arrive before the first read wait for it", () => {
  const early = mergeEvents(startMerge(), [envelope(2)]);
  expect(early.ready).toEqual([]);
  expect(early.read).toBe(true);
  expect(seqs(mergeEvents(early.merge, [stored(1)]).ready)).toEqual([1, 2]);
});

test("an envelope whose event holds data waits for the stored one", () => {
  const first = mergeEvents(startMerge(), [stored(1)]);
  const bell = mergeEvents(first.merge, [envelope(2, "step.waiting")]);
  expect(bell.ready).toEqual([]);
  expect(bell.read).toBe(true);
  const waiting = { ...stored(2, "step.waiting"), data: { waitingFor: { kind: "timer" } } };
  expect(mergeEvents(bell.merge, [waiting]).ready).toEqual([waiting]);
});

test("a stored event is not replaced by its envelope", () => {
  const first = mergeEvents(startMerge(), [{ ...stored(2), data: { port: "yes" } }]);
  const second = mergeEvents(first.merge, [envelope(2), stored(1)]);
  expect(second.ready.map((event) => event.data)).toEqual([{}, { port: "yes" }]);
});

test("a reader that has events already starts after them", () => {
  expect(seqs(mergeEvents(startMerge(7), [stored(7), stored(8)]).ready)).toEqual([8]);
});
