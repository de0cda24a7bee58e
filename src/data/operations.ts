// One verb on many runs: starting it, following it, ending it.
import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { Time, Uuid } from "../core/json.ts";
import { OperationVerb, type RetryMode, type RunStatus } from "../core/run.ts";
import { client } from "./client.ts";
import { callVerb, camelRow, readRows } from "./request.ts";

export const OperationRow = z.object({
  id: Uuid,
  verb: OperationVerb,
  status: z.enum(["running", "done", "stopped", "aborted"]),
  reason: z.string().nullable(),
  /** So many runs may be done in each stage before those done so far have ended. */
  canary: z.array(z.int()).nullable(),
  stage: z.int(),
  total: z.int(),
  done: z.int(),
  setAside: z.int(),
  failed: z.int(),
  createdBy: Uuid,
  createdAt: Time,
});
export type OperationRow = z.infer<typeof OperationRow>;

/** A run an operation did not do, with the reason. */
export const RefusedRun = z.object({
  runId: Uuid,
  status: z.enum(["set_aside", "failed"]),
  reason: z.string(),
  title: z.string(),
});
export type RefusedRun = z.infer<typeof RefusedRun>;

/** Which runs; those that match when the operation starts. */
export interface OperationFilter {
  workflow?: string;
  lane?: string;
  status?: readonly RunStatus[];
  errorCode?: string;
  ids?: readonly string[];
  from?: string;
  to?: string;
}

export interface OperationOptions {
  mode?: RetryMode;
  version?: number | "live";
  /** One run, then 5 %, then all; stops when one fails the same way again. */
  canary?: boolean;
  /** For moves. */
  lane?: string;
}

const Started = z.preprocess(camelRow, z.looseObject({ operationId: Uuid.optional(), total: z.int() }));

function call(
  verb: OperationVerb,
  workspaceId: string,
  { errorCode, ...filter }: OperationFilter,
  options: OperationOptions & { preview?: boolean },
): Promise<z.infer<typeof Started>> {
  const { version, ...rest } = options;
  return callVerb(Started, `bulk_${verb}`, {
    workspace: workspaceId,
    filter: { ...filter, ...(errorCode === undefined ? {} : { error_code: errorCode }) },
    options: { ...rest, ...(version === undefined ? {} : { version: String(version) }) },
  });
}

/** Starts it and returns at once. @throws DataError */
export async function startOperation(
  verb: OperationVerb,
  workspaceId: string,
  filter: OperationFilter,
  options: OperationOptions = {},
): Promise<{ total: number }> {
  return { total: (await call(verb, workspaceId, filter, options)).total };
}

/** How many runs it would be about. @throws DataError */
export async function countOperation(
  verb: OperationVerb,
  workspaceId: string,
  filter: OperationFilter,
  options: OperationOptions = {},
): Promise<number> {
  return (await call(verb, workspaceId, filter, { ...options, preview: true })).total;
}

/** Ends it between two runs. @throws DataError */
export async function abortOperation(operationId: string): Promise<void> {
  await callVerb(z.looseObject({ status: z.string() }), "abort_operation", { operation: operationId });
}

/** How often operations are read, in milliseconds: while one is under way, and otherwise. */
const busyTick = 700;
const quietTick = 20_000;

/** The latest operations of a workspace, newest first, read again while one is under way. */
export function operationsQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["operations", workspaceId],
    queryFn: () =>
      readRows(
        OperationRow,
        "operations",
        client()
          .from("operations")
          .select(
            "id, verb, status, reason, canary, stage, total, done, set_aside, failed, created_by, created_at",
          )
          .eq("workspace_id", workspaceId)
          .order("created_at", { ascending: false })
          .limit(10),
      ),
    refetchInterval: ({ state }) =>
      state.data?.some(({ status }) => status === "running") ? busyTick : quietTick,
  });
}

/** The runs an operation set aside or could not do, with the reasons. */
export function refusedRunsQuery(operationId: string) {
  return queryOptions({
    queryKey: ["operations", operationId, "refused"],
    queryFn: () =>
      readRows(
        RefusedRun,
        "the runs that were set aside",
        client()
          .from("operation_runs")
          .select("run_id, status, reason, runs(title)")
          .eq("operation_id", operationId)
          .in("status", ["set_aside", "failed"])
          .order("n")
          .limit(500),
        (row) => {
          const { runs, ...rest } = camelRow(row);
          return {
            ...rest,
            title: z.object({ title: z.string() }).catch({ title: "Run" }).parse(runs).title,
          };
        },
      ),
  });
}
