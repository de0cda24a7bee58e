// A step's life as stretches of time, folded from the run's events.
import type { RunEvent } from "../core/run-event.ts";
import { instanceKey } from "../core/run-view.ts";

export type SegmentKind = "queued" | "running" | "waiting" | "backoff";

/** Times in milliseconds since the epoch; `to` is null while it lasts. */
export interface Segment {
  kind: SegmentKind;
  from: number;
  to: number | null;
  attempt: number;
  /** How a running stretch ended; absent for the others and while it runs. */
  ended?: "succeeded" | "failed" | "skipped" | "cancelled" | "parked" | "retry" | "handed_over" | "lost";
  errorCode?: string;
}

/** Segments by the name core gives each instance of a step. */
export type Segments = ReadonlyMap<string, readonly Segment[]>;

/** The part of an event the timeline reads; broadcast envelopes carry no `data`. */
export type TimelineEvent = Pick<RunEvent, "kind" | "step" | "item" | "attempt" | "at"> & {
  data?: RunEvent["data"];
};

type Ended = NonNullable<Segment["ended"]>;

function waitKindOf(data: RunEvent["data"] | undefined): string | undefined {
  const waiting = data?.["waitingFor"];
  if (typeof waiting !== "object" || waiting === null || Array.isArray(waiting)) return undefined;
  return typeof waiting["kind"] === "string" ? waiting["kind"] : undefined;
}

function codeOf(data: RunEvent["data"] | undefined): { errorCode?: string } {
  const code = data?.["errorCode"];
  return typeof code === "string" ? { errorCode: code } : {};
}

/** Ends the open stretch at `at`; the earlier ones keep their identity. */
function close(
  segments: readonly Segment[],
  at: number,
  ended?: Ended,
  code: { errorCode?: string } = {},
): Segment[] {
  const last = segments.at(-1);
  if (!last || last.to !== null) return [...segments];
  return [
    ...segments.slice(0, -1),
    { ...last, to: at, ...(last.kind === "running" && ended ? { ended, ...code } : {}) },
  ];
}

/** A wait whose reason was not delivered turns out to have been a backoff when another attempt follows it. */
function resolveWait(segments: Segment[]): Segment[] {
  const last = segments.at(-1);
  const before = segments.at(-2);
  if (last?.kind !== "waiting" || before?.ended !== "parked" || before.errorCode === undefined)
    return segments;
  return [...segments.slice(0, -2), { ...before, ended: "retry" }, { ...last, kind: "backoff" }];
}

function foldOne(segments: readonly Segment[], event: TimelineEvent): readonly Segment[] {
  const at = new Date(event.at).getTime();
  const attempt = event.attempt ?? segments.at(-1)?.attempt ?? 0;
  switch (event.kind) {
    case "step.ready":
    case "step.released":
    case "step.retried":
      return [...close(segments, at), { kind: "queued", from: at, to: null, attempt }];
    case "step.handed_over":
      return [...close(segments, at, "handed_over"), { kind: "queued", from: at, to: null, attempt }];
    case "step.started":
      return [...resolveWait(close(segments, at)), { kind: "running", from: at, to: null, attempt }];
    case "step.recovered":
      return [...close(segments, at, "lost"), { kind: "running", from: at, to: null, attempt }];
    case "step.waiting": {
      const backoff = waitKindOf(event.data) === "retry";
      const closed = close(segments, at, backoff ? "retry" : "parked", codeOf(event.data));
      return [...closed, { kind: backoff ? "backoff" : "waiting", from: at, to: null, attempt }];
    }
    case "step.succeeded": {
      const last = segments.at(-1);
      // Done ahead of the record: it was over before anybody could see it run.
      if (last?.to !== null && attempt > (last?.attempt ?? 0))
        return [...segments, { kind: "running", from: at, to: at, attempt, ended: "succeeded" }];
      return close(segments, at, "succeeded");
    }
    case "step.failed":
      return close(segments, at, "failed", codeOf(event.data));
    case "step.skipped":
      return close(segments, at, "skipped");
    case "step.cancelled":
      return close(segments, at, "cancelled");
    default:
      return segments;
  }
}

/**
 * Folds events into segments.
 * @param before segments so far; not changed
 * @param events dense and in order of `seq`
 */
export function foldSegments(before: Segments, events: readonly TimelineEvent[]): Segments {
  const after = new Map(before);
  for (const event of events) {
    if (event.step === undefined) continue;
    const key = instanceKey(event.step, event.item ?? []);
    after.set(key, foldOne(after.get(key) ?? [], event));
  }
  return after;
}

/**
 * Steps without dependencies are ready from the start and have no event of their own: their queueing begins with the run.
 * @param queuedAt milliseconds since the epoch
 */
export function withRootQueue(segments: readonly Segment[], queuedAt: number): readonly Segment[] {
  const first = segments[0];
  if (!first || first.kind === "queued" || first.from <= queuedAt) return segments;
  return [{ kind: "queued", from: queuedAt, to: first.from, attempt: 0 }, ...segments];
}

/** Time spent per kind of stretch, in milliseconds. */
export function timeSpent(segments: readonly Segment[], now: number): Record<SegmentKind, number> {
  const spent: Record<SegmentKind, number> = { queued: 0, running: 0, waiting: 0, backoff: 0 };
  for (const segment of segments) spent[segment.kind] += Math.max(0, (segment.to ?? now) - segment.from);
  return spent;
}
