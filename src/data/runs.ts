// Reading runs; their steps are read in steps.ts. The verbs that change them are in run-verbs.ts.
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import type { RunStatus } from "../core/run.ts";
import { client } from "./client.ts";
import { DataError } from "./data-error.ts";
import { readRow, readRows } from "./request.ts";
import { RunPayloads, RunRow, runColumns } from "./run-rows.ts";

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

export function runsQuery(workspaceId: string, filter: RunFilter = {}) {
  return queryOptions({
    queryKey: ["runs", workspaceId, filter],
    queryFn: () => listRuns(workspaceId, filter),
  });
}

export function runQuery(runId: string) {
  return queryOptions({ queryKey: ["run", runId], queryFn: () => loadRun(runId) });
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

export function useRunPayloads(runId: string) {
  return useQuery(runPayloadsQuery(runId));
}
