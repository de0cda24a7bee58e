// Reads what a proof bundle is made of, with the caller's own rights.
import type { SupabaseClient } from "@supabase/supabase-js";
import { bundleReads, type BundleRows } from "../core/proof-bundle.ts";
import type { Api } from "./api.ts";
import { CliError, serverError } from "./cli-error.ts";
import { readRun } from "./runs-read.ts";

const PAGE = 1_000;

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
    every(client, table, columns, runId, order);
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

type Row = Record<string, unknown>;

async function one(client: SupabaseClient, table: string, columns: string, where: Row): Promise<Row | null> {
  const { data, error } = await client.from(table).select<string, Row>(columns).match(where).maybeSingle();
  if (error !== null) throw serverError(error);
  return data;
}

async function every(
  client: SupabaseClient,
  table: string,
  columns: string,
  runId: string,
  order: string[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    let query = client.from(table).select<string, Row>(columns).eq("run_id", runId);
    for (const column of order) query = query.order(column);
    const { data, error } = await query.range(rows.length, rows.length + PAGE - 1);
    if (error !== null) throw serverError(error);
    rows.push(...data);
    if (data.length < PAGE) return rows;
  }
}
