// Reading a run's steps: all of them, those that tell most about a large run, and those that have changed.
import type { ItemPath } from "../core/json.ts";
import { instanceKey } from "../core/run-view.ts";
import { client } from "./client.ts";
import { readRows } from "./request.ts";
import { StepRow, stepColumns } from "./run-rows.ts";

/** Rows of one read; a run of more steps is large and read in pages. */
export const stepsPage = 1_000;
/** Pages of a large run that are read side by side; with those of its events, as many as a browser lets through. */
const pagesAtOnce = 3;

const stepsOf = (runId: string) => client().from("steps").select(stepColumns).eq("run_id", runId);

/** By their key, which an index has in order: in plan order the database would sort the whole run for each page. @throws DataError */
export function loadStepPage(runId: string, from = 0): Promise<StepRow[]> {
  const page = stepsOf(runId)
    .order("step_key")
    .order("item_path")
    .range(from, from + stepsPage - 1);
  return readRows(StepRow, "steps", page);
}

/** Every step instance of a run, in plan order. @throws DataError */
export async function loadSteps(runId: string): Promise<StepRow[]> {
  const first = await loadStepPage(runId);
  if (first.length < stepsPage) return inPlanOrder(first);
  const pages = [first];
  let over = false;
  const readOn = async (): Promise<void> => {
    while (!over) {
      const page = pages.push([]) - 1;
      const rows = await loadStepPage(runId, page * stepsPage);
      pages[page] = rows;
      over ||= rows.length < stepsPage;
    }
  };
  await Promise.all(Array.from({ length: pagesAtOnce }, readOn));
  // Steps that come while pages are read push others onto the next page, which then has them again.
  return mergeSteps([], pages.flat());
}

/** What tells most about a large run: the steps outside of bodies, and what failed, runs or waits. @throws DataError */
export function loadLeadingSteps(runId: string): Promise<StepRow[]> {
  // Only the path of no item comes before the first item's.
  const leading = "item_path.lt.{0},status.in.(failed,running,waiting)";
  return readRows(StepRow, "steps", stepsOf(runId).or(leading).limit(stepsPage));
}

export interface StepInstance {
  step: string;
  item: ItemPath;
}

/** The rows of a handful of step instances. @throws DataError */
export async function loadStepsAt(runId: string, instances: readonly StepInstance[]): Promise<StepRow[]> {
  if (instances.length === 0) return [];
  const items = new Map<string, string[]>();
  for (const { step, item } of instances)
    items.set(step, [...(items.get(step) ?? []), `"{${item.join(",")}}"`]);
  const at = [...items].map(([step, paths]) => `and(step_key.eq.${step},item_path.in.(${paths.join(",")}))`);
  return readRows(StepRow, "steps", stepsOf(runId).or(at.join(",")));
}

/** The later rows in place of the earlier ones of the same instances, in plan order. */
export function mergeSteps(before: readonly StepRow[], after: readonly StepRow[]): StepRow[] {
  const all = new Map<string, StepRow>();
  for (const rows of [before, after])
    for (const row of rows) all.set(instanceKey(row.stepKey, row.itemPath), row);
  return inPlanOrder([...all.values()]);
}

/** By rank, then key, then item. */
export function inPlanOrder(steps: readonly StepRow[]): StepRow[] {
  return steps.toSorted(
    (a, b) =>
      a.rank - b.rank ||
      (a.stepKey === b.stepKey ? compareItems(a.itemPath, b.itemPath) : a.stepKey < b.stepKey ? -1 : 1),
  );
}

function compareItems(a: readonly number[], b: readonly number[]): number {
  for (let place = 0; place < a.length && place < b.length; place++) {
    const difference = (a[place] ?? 0) - (b[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
