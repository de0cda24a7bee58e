// What a person asked for and the server has not yet shown: laid over the rows until they agree.
import type { CardRun } from "./card.ts";

export type Pending =
  | { verb: "move"; lane: string }
  | { verb: "cancel"; at: string }
  /** Null takes the pause away. */
  | { verb: "pause"; at: string | null }
  | { verb: "retry"; seq: number };

/** Pending commands by run id. */
export type PendingByRun = Readonly<Record<string, Pending>>;

/** A promise the server does not keep within this time is dropped, so that a card never lies for long. Milliseconds. */
export const patienceMs = 15_000;

function isSettled(run: CardRun, pending: Pending): boolean {
  switch (pending.verb) {
    case "move":
      return run.lane === pending.lane;
    case "cancel":
      return run.status === "cancelled" || run.cancelRequestedAt != null || run.finishedAt != null;
    case "pause":
      return (run.pausedAt == null) === (pending.at === null) || run.finishedAt != null;
    case "retry":
      return run.lastSeq > pending.seq;
  }
}

function applyOne<Run extends CardRun>(run: Run, pending: Pending): Run {
  switch (pending.verb) {
    case "move":
      return { ...run, lane: pending.lane };
    case "cancel":
      return { ...run, cancelRequestedAt: pending.at };
    case "pause":
      return { ...run, pausedAt: pending.at };
    case "retry":
      return { ...run, status: "queued", error: null, finishedAt: null, retryCount: run.retryCount + 1 };
  }
}

/** Lays pending commands over the rows; untouched rows keep their identity. */
export function applyPending<Run extends CardRun>(runs: readonly Run[], pending: PendingByRun): Run[] {
  return runs.map((run) => {
    const mine = pending[run.id];
    return mine && !isSettled(run, mine) ? applyOne(run, mine) : run;
  });
}

/** Leaves out the commands the rows already show; returns the same object when none is. */
export function settlePending(runs: readonly CardRun[], pending: PendingByRun): PendingByRun {
  const done = runs.filter((run) => {
    const mine = pending[run.id];
    return mine !== undefined && isSettled(run, mine);
  });
  if (done.length === 0) return pending;
  const settled = new Set(done.map((run) => run.id));
  return Object.fromEntries(Object.entries(pending).filter(([id]) => !settled.has(id)));
}

/**
 * Says whether a card may be moved to a lane.
 * @returns null when it may, else the reason, to be shown as it is
 */
export function whyNotMove(run: CardRun, lane: string, known: readonly string[]): string | null {
  if (!known.includes(lane))
    return `There is no lane ${lane} in this workspace. Pick one of ${known.join(", ")}.`;
  if (run.lane === lane) return `${run.title} already stands in lane ${lane}.`;
  if (run.finishedAt)
    return `${run.title} has ${run.status}; only queued, running and waiting runs change lanes. Retry it first.`;
  return null;
}
