// Reads what a proof bundle is made of, with the caller's own rights.
import type { SupabaseClient } from "@supabase/supabase-js";
import { bundleReads, type BundleRows } from "../core/proof-bundle.ts";
import type { Api } from "./api.ts";
import { CliError, serverError } from "./cli-error.ts";
import { type Row, rowsOfRun } from "./rows-of-run.ts";
import { readRun } from "./runs-read.ts";

/** @throws CliError when there is no such run, or its payloads may not be seen */
export async function readBundleRows(api: Api, runId: string): Promise<BundleRows> {
  await readRun(api, runId);
  const { client } = api;
  const run = await one(client, "runs", bundleReads.run, { id: runId });
  const payload = await one(client, "run_payloads", bundleReads.payload, { run_id: runId });
  if (payload === null)
    throw new CliError(
      "no_payload_right",
      "You may see this run, but not what its steps made and what its checks saw.",
      "Ask an owner for the right to see payloads.",
    );
  const version = await one(client, "versions", bundleReads.version, {
    workflow_id: run?.["workflow_id"],
    n: run?.["version"],
  });
  const all = (table: string, columns: string, order: string[]) =>
    rowsOfRun(client, table, columns, runId, order);
  const instance = ["step_key", "item_path"];
  return {
    run,
    version,
    payload,
    steps: await all("steps", bundleReads.steps, instance),
    outputs: await all("step_payloads", bundleReads.outputs, instance),
    proofs: await all("proofs", bundleReads.proofs, ["n"]),
    artifacts: await all("artifacts", bundleReads.artifacts, ["created_at", "id"]),
  };
}

async function one(client: SupabaseClient, table: string, columns: string, where: Row): Promise<Row | null> {
  const { data, error } = await client.from(table).select<string, Row>(columns).match(where).maybeSingle();
  if (error !== null) throw serverError(error);
  return data;
}
