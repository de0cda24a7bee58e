// Which card stands in which column, and in which order.
import { RunStatus } from "../core/run.ts";
import { isFinished, isHeld, takesSlot, type CardLane, type CardRun } from "./card.ts";

export interface Column {
  /** Lane name or run status. */
  key: string;
  /** Runs that have begun and not ended; what a WIP limit counts. */
  liveCount: number;
  live: CardRun[];
  /** Failed runs stay in sight until they are retried. */
  failed: CardRun[];
  /** Succeeded and cancelled runs. */
  finished: CardRun[];
}

const rankOfStatus: Record<RunStatus, number> = {
  running: 0,
  waiting: 1,
  queued: 2,
  failed: 3,
  cancelled: 4,
  succeeded: 5,
};

/** Running first, then waiting, then the queue in the order it will be served; ties by age, then id. */
function byUrgency(a: CardRun, b: CardRun): number {
  const rank = (run: CardRun): number => rankOfStatus[isHeld(run) ? "queued" : run.status];
  return (
    rank(a) - rank(b) ||
    a.priority - b.priority ||
    a.createdAt.localeCompare(b.createdAt) ||
    a.id.localeCompare(b.id)
  );
}

/** Latest first, so that what just happened is next to what happens now. */
function byFinish(a: CardRun, b: CardRun): number {
  return (b.finishedAt ?? b.createdAt).localeCompare(a.finishedAt ?? a.createdAt) || b.id.localeCompare(a.id);
}

function columnOf(key: string, runs: readonly CardRun[]): Column {
  return {
    key,
    liveCount: runs.filter(takesSlot).length,
    live: runs.filter((run) => !isFinished(run.status)).sort(byUrgency),
    failed: runs.filter((run) => run.status === "failed").sort(byFinish),
    finished: runs.filter((run) => isFinished(run.status) && run.status !== "failed").sort(byFinish),
  };
}

/**
 * Groups runs by lane, in the lanes' order.
 * @returns one column per lane, empty ones included; a run in an unknown lane gets a column of its own at the end
 */
export function groupByLane(runs: readonly CardRun[], lanes: readonly CardLane[]): Column[] {
  const known = [...lanes].sort((a, b) => a.position - b.position).map((lane) => lane.name);
  const stray = [...new Set(runs.map((run) => run.lane))].filter((name) => !known.includes(name)).sort();
  return [...known, ...stray].map((name) =>
    columnOf(
      name,
      runs.filter((run) => run.lane === name),
    ),
  );
}

/** Groups runs by status, in the order a run usually goes through them. */
export function groupByStatus(runs: readonly CardRun[]): Column[] {
  return RunStatus.options.map((status) =>
    columnOf(
      status,
      runs.filter((run) => run.status === status),
    ),
  );
}
