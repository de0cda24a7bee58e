// Reads operations: one verb on many runs, and how far it is.
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Api } from "./api.ts";
import { CliError, serverError } from "./cli-error.ts";

export const OperationRow = z.looseObject({
  id: z.string(),
  verb: z.enum(["retry", "cancel", "move"]),
  status: z.enum(["running", "done", "stopped", "aborted"]),
  reason: z.string().nullable(),
  canary: z.array(z.number()).nullable(),
  stage: z.number(),
  total: z.number(),
  done: z.number(),
  set_aside: z.number(),
  failed: z.number(),
});
export type OperationRow = z.infer<typeof OperationRow>;

export const OperationRun = z.looseObject({
  run_id: z.string(),
  status: z.string(),
  reason: z.string().nullable(),
});
export type OperationRun = z.infer<typeof OperationRun>;

/** How often an operation is read while it is followed, in milliseconds. */
const tick = 500;

/** @throws CliError when there is no such operation, or none that the user may see */
export async function readOperation({ client }: Api, id: string): Promise<OperationRow> {
  if (!z.uuid().safeParse(id).success)
    throw new CliError(
      "bad_operation_id",
      `"${id}" is not the id of an operation.`,
      "Bulk commands print it.",
    );
  const { data, error } = await client
    .from("operations")
    .select("id, verb, status, reason, canary, stage, total, done, set_aside, failed")
    .eq("id", id)
    .maybeSingle();
  if (error !== null) throw serverError(error);
  if (data === null)
    throw new CliError("no_operation", `There is no operation ${id} that you may see.`, "Check the id.");
  return OperationRow.parse(data);
}

/** The runs an operation did not do, with the reason. */
export async function readRefused({ client }: Api, id: string): Promise<OperationRun[]> {
  const { data, error } = await client
    .from("operation_runs")
    .select("run_id, status, reason")
    .eq("operation_id", id)
    .in("status", ["set_aside", "failed"])
    .order("n")
    .limit(1_000);
  if (error !== null) throw serverError(error);
  return z.array(OperationRun).parse(data);
}

/** Follows an operation to its end. @param onChange called with every state that differs from the one before */
export async function watchOperation(
  api: Api,
  id: string,
  onChange: (operation: OperationRow) => void,
): Promise<OperationRow> {
  for (let before = ""; ; await sleep(tick)) {
    const operation = await readOperation(api, id);
    const now = JSON.stringify(operation);
    if (now !== before) onChange(operation);
    before = now;
    if (operation.status !== "running") return operation;
  }
}
