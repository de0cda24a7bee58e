// Reading runs and their steps. The verbs that change them are in run-verbs.ts.
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import type { RunStatus } from "../core/run.ts";
import { instanceKey } from "../core/run-view.ts";
import { client } from "./client.ts";
import { DataError } from "./data-error.ts";
import { readRow, readRows } from "./request.ts";
import { RunPayloads, RunRow, runColumns, StepRow, stepColumns } from "./run-rows.ts";

export type { RunRow, StepRow } from "./run-rows.ts";
export {
  cancelRun,
  decideApproval,
  moveRun,
  pauseRun,
  resumeRun,
  retryPreview,
  retryRun,
  startRun,
  topUpRun,
} from "./run-verbs.ts";

export interface RunFilter {
  workflowId?: string;
  statuses?: RunStatus[];
  lane?: string;
  /** Rows older than this creation time and id: the end of the page before. */
  before?: { createdAt: string; id: string };
  limit?: number;
}

/** Newest first, one page. @throws DataError */
export function listRuns(workspaceId: string, filter: RunFilter = {}): Promise<RunRow[]> {
  let query = client().from("runs").select(runColumns).eq("workspace_id", workspaceId);
  if (filter.workflowId) query = query.eq("workflow_id", filter.workflowId);
  if (filter.statuses) query = query.in("status", filter.statuses);
  if (filter.lane) query = query.eq("lane", filter.lane);
  if (filter.before) {
    const { createdAt, id } = filter.before;
    query = query.or(`created_at.lt."${createdAt}",and(created_at.eq."${createdAt}",id.lt.${id})`);
  }
  return readRows(
    RunRow,
    "runs",
    query
      .order("created_at", { ascending: false })
      .order("id", { ascending: false })
      .limit(filter.limit ?? 100),
  );
}

/** The runs with these ids, in no order; ids that may not be seen are left out. @throws DataError */
export async function readRunsById(ids: readonly string[]): Promise<RunRow[]> {
  if (ids.length === 0) return [];
  return readRows(
    RunRow,
    "runs",
    client()
      .from("runs")
      .select(runColumns)
      .in("id", [...ids]),
  );
}

/** @throws DataError `missing_run` */
export async function loadRun(runId: string): Promise<RunRow> {
  const run = await readRow(
    RunRow,
    "the run",
    client().from("runs").select(runColumns).eq("id", runId).maybeSingle(),
  );
  if (run) return run;
  throw new DataError(
    "missing_run",
    "This run is not there, or you may not see it.",
    "Open the board to find another.",
  );
}

/** What the run was given and what it made; null without the right to see payloads. @throws DataError */
export function loadRunPayloads(runId: string): Promise<RunPayloads | null> {
  return readRow(
    RunPayloads,
    "the run's input and output",
    client().from("run_payloads").select("input, output").eq("run_id", runId).maybeSingle(),
  );
}

const stepsPage = 1_000;
/** Pages of a large run that are read side by side. */
const pagesAtOnce = 4;

/**
 * Every step instance of a run, in plan order.
 * @param onFirst called with the first thousand of a larger run as soon as they are there
 * @throws DataError
 */
export async function loadSteps(runId: string, onFirst?: (steps: StepRow[]) => void): Promise<StepRow[]> {
  const first = await loadStepPage(runId, 0);
  if (first.length < stepsPage) return inPlanOrder(first);
  onFirst?.(inPlanOrder(first));
  const all = new Map(first.map((row) => [instanceKey(row.stepKey, row.itemPath), row]));
  for (let from = stepsPage; ; from += pagesAtOnce * stepsPage) {
    const starts = Array.from({ length: pagesAtOnce }, (_, n) => from + n * stepsPage);
    const pages = await Promise.all(starts.map((start) => loadStepPage(runId, start)));
    for (const row of pages.flat()) all.set(instanceKey(row.stepKey, row.itemPath), row);
    if (pages.some((rows) => rows.length < stepsPage)) return inPlanOrder([...all.values()]);
  }
}

/** By their key, which an index has in order: in plan order the database would sort the whole run for each page. */
function loadStepPage(runId: string, from: number): Promise<StepRow[]> {
  return readRows(
    StepRow,
    "steps",
    client()
      .from("steps")
      .select(stepColumns)
      .eq("run_id", runId)
      .order("step_key")
      .order("item_path")
      .range(from, from + stepsPage - 1),
  );
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
  const at = a.findIndex((n, place) => n !== b[place]);
  return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
}

export function runsQuery(workspaceId: string, filter: RunFilter = {}) {
  return queryOptions({
    queryKey: ["runs", workspaceId, filter],
    queryFn: () => listRuns(workspaceId, filter),
  });
}

export function runQuery(runId: string) {
  return queryOptions({ queryKey: ["run", runId], queryFn: () => loadRun(runId) });
}

export function stepsQuery(runId: string) {
  return queryOptions({ queryKey: ["run", runId, "steps"], queryFn: () => loadSteps(runId) });
}

export function runPayloadsQuery(runId: string) {
  return queryOptions({ queryKey: ["run", runId, "payloads"], queryFn: () => loadRunPayloads(runId) });
}

export function useRuns(workspaceId: string, filter: RunFilter = {}) {
  return useQuery({ ...runsQuery(workspaceId, filter), placeholderData: keepPreviousData });
}

export function useRun(runId: string) {
  return useQuery(runQuery(runId));
}

export function useSteps(runId: string) {
  return useQuery(stepsQuery(runId));
}

export function useRunPayloads(runId: string) {
  return useQuery(runPayloadsQuery(runId));
}
