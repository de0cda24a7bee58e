// Reads the rows of one run as sparingly as its size and what has happened allow.
import type { RunEvent } from "../core/run-event.ts";
import { instanceKey } from "../core/run-view.ts";
import { loadRun, type RunRow } from "../data/runs.ts";
import type { StepRow } from "../data/run-rows.ts";
import {
  loadLeadingSteps,
  loadStepPage,
  loadSteps,
  loadStepsAt,
  mergeSteps,
  inPlanOrder,
  stepsPage,
  type StepInstance,
} from "../data/steps.ts";

export interface RunRows {
  run: RunRow;
  steps: readonly StepRow[];
}

/** More changed steps than this are read with all the others. */
const fewChanges = 200;

/** Moves of the run itself that leave its steps alone. */
const alone: ReadonlySet<string> = new Set(["run.started", "run.waiting", "run.resumed", "run.updated"]);

/**
 * The steps events have changed, if they are few and none of them made other steps appear.
 * @returns null when all steps have to be read
 */
export function fewChanged(events: readonly RunEvent[]): StepInstance[] | null {
  const changed = new Map<string, StepInstance>();
  for (const { kind, step, item = [], data } of events) {
    // A list's items appear without events of their own.
    if (data["items"] !== undefined || (step === undefined && !alone.has(kind))) return null;
    if (step !== undefined) changed.set(instanceKey(step, item), { step, item });
    if (changed.size > fewChanges) return null;
  }
  return [...changed.values()];
}

/**
 * Reads all of a run.
 * @param onLeading given what tells most about a large run before the rest of it is read
 * @returns `upTo`: the rows hold at least what the events up to this one say; 0 when that is not known
 * @throws DataError
 */
export async function readWhole(
  runId: string,
  onLeading: (rows: RunRows) => void,
): Promise<RunRows & { upTo: number }> {
  const [row, first] = await Promise.all([loadRun(runId), loadStepPage(runId)]);
  if (first.length < stepsPage) return { run: row, steps: inPlanOrder(first), upTo: 0 };
  onLeading({ run: row, steps: mergeSteps(first, await loadLeadingSteps(runId)) });
  // The first page is read again behind the run's row, so that all the rows are at least as new as that.
  const steps = await loadSteps(runId);
  // Reading many pages takes so long that the row from before them is old.
  return { run: await loadRun(runId), steps, upTo: row.lastSeq };
}

/** Reads what has changed in a large run of which all was read before. @throws DataError */
export async function readChanged(
  runId: string,
  before: readonly StepRow[],
  changed: readonly StepInstance[],
): Promise<RunRows> {
  const [run, leading, rows] = await Promise.all([
    loadRun(runId),
    loadLeadingSteps(runId),
    loadStepsAt(runId, changed),
  ]);
  return { run, steps: mergeSteps(before, [...leading, ...rows]) };
}
