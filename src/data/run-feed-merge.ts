// Puts the events of one run in order: stored ones as they are read, broadcast ones as they arrive. Pure.
import type { Envelope, EventKind, RunEvent } from "../core/run-event.ts";

export interface FeedMerge {
  /** Everything up to here has been handed on; `seq` is dense from 1. */
  last: number;
  /** Known from the first stored event; envelopes do not carry it. */
  workspaceId: string | undefined;
  /** Arrived, but something before them is missing. */
  held: ReadonlyMap<number, Envelope | RunEvent>;
}

export interface MergeStep {
  merge: FeedMerge;
  /** To hand on now, dense and in order. */
  ready: RunEvent[];
  /** True when events are missing, or an envelope's event holds data the envelope does not: read from `merge.last`. */
  read: boolean;
}

/** Kinds whose stored event says no more than the envelope does. */
const plainKinds: ReadonlySet<EventKind> = new Set([
  "run.started",
  "run.resumed",
  "run.succeeded",
  "run.cancelled",
  "step.ready",
  "step.started",
  "step.released",
  "step.recovered",
  "step.handed_over",
  "step.skipped",
  "step.cancelled",
  "step.reset",
]);

/** @param last the seq a reader has already, 0 for none */
export function startMerge(last = 0): FeedMerge {
  return { last, workspaceId: undefined, held: new Map() };
}

function whole(event: Envelope | RunEvent, workspaceId: string | undefined): RunEvent | undefined {
  if ("workspaceId" in event) return event;
  return workspaceId !== undefined && plainKinds.has(event.kind)
    ? { ...event, workspaceId, data: {} }
    : undefined;
}

/** Adds events in any order; ones already handed on are dropped, and a stored event replaces its envelope. */
export function mergeEvents(merge: FeedMerge, arrived: readonly (Envelope | RunEvent)[]): MergeStep {
  const held = new Map(merge.held);
  let workspaceId = merge.workspaceId;
  for (const event of arrived) {
    if (event.seq <= merge.last) continue;
    const known = held.get(event.seq);
    if (!known || !("workspaceId" in known)) held.set(event.seq, event);
    if ("workspaceId" in event) workspaceId = event.workspaceId;
  }
  const ready: RunEvent[] = [];
  let last = merge.last;
  for (;;) {
    const next = held.get(last + 1);
    const event = next && whole(next, workspaceId);
    if (!event) break;
    ready.push(event);
    last += 1;
    held.delete(last);
  }
  return { merge: { last, workspaceId, held }, ready, read: held.size > 0 };
}
