// Reads runs and their events as the command line shows them.
import { z } from "zod";
import type { Api, Workspace } from "./api.ts";
import { CliError, serverError } from "./cli-error.ts";

const columns =
  "id, title, status, waiting_for, lane, version, workflow_id, retry_count, counts, error, last_seq, created_at, started_at, finished_at";

export const RunRow = z.looseObject({
  id: z.string(),
  title: z.string(),
  status: z.enum(["queued", "running", "waiting", "succeeded", "failed", "cancelled"]),
  waiting_for: z.looseObject({ kind: z.string(), until: z.string().nullish() }).nullish(),
  lane: z.string(),
  version: z.number(),
  workflow_id: z.string(),
  retry_count: z.number(),
  error: z
    .looseObject({
      code: z.string(),
      message: z.string(),
      hint: z.string().nullish(),
      step: z.string().nullish(),
    })
    .nullish(),
  created_at: z.string(),
});
export type RunRow = z.infer<typeof RunRow>;

export const EventRow = z.looseObject({
  seq: z.number(),
  kind: z.string(),
  step_key: z.string().nullish(),
  item_path: z.array(z.number()).nullish(),
  status: z.string(),
  attempt: z.number().nullish(),
  at: z.string(),
});
export type EventRow = z.infer<typeof EventRow>;

/** @throws CliError when there is no such run, or none that the user may see */
export async function readRun({ client }: Api, runId: string): Promise<RunRow> {
  if (!z.uuid().safeParse(runId).success)
    throw new CliError(
      "bad_run_id",
      `"${runId}" is not a run id.`,
      "List runs and their ids with `runboard runs list`.",
    );
  const { data, error } = await client.from("runs").select(columns).eq("id", runId).maybeSingle();
  if (error !== null) throw serverError(error);
  if (data === null)
    throw new CliError(
      "no_run",
      `There is no run ${runId} that you may see.`,
      "List runs and their ids with `runboard runs list`.",
    );
  return RunRow.parse(data);
}

export async function listRuns(
  { client }: Api,
  workspace: Workspace,
  status: string | undefined,
  limit: number,
): Promise<RunRow[]> {
  let query = client.from("runs").select(columns).eq("workspace_id", workspace.id);
  if (status !== undefined) query = query.eq("status", status);
  const { data, error } = await query.order("created_at", { ascending: false }).limit(limit);
  if (error !== null) throw serverError(error);
  return z.array(RunRow).parse(data);
}

export async function readEvents({ client }: Api, runId: string, afterSeq: number): Promise<EventRow[]> {
  const { data, error } = await client
    .from("run_events")
    .select("seq, kind, step_key, item_path, status, attempt, at")
    .eq("run_id", runId)
    .gt("seq", afterSeq)
    .order("seq")
    .limit(1_000);
  if (error !== null) throw serverError(error);
  return z.array(EventRow).parse(data);
}

/** Input and output, if the user may see payloads. */
export async function readPayload(
  { client }: Api,
  runId: string,
): Promise<{ input: unknown; output: unknown } | null> {
  const { data, error } = await client
    .from("run_payloads")
    .select("input, output")
    .eq("run_id", runId)
    .maybeSingle();
  if (error !== null) throw serverError(error);
  return data;
}

export function isEnded({ status }: RunRow): boolean {
  return status === "succeeded" || status === "failed" || status === "cancelled";
}
