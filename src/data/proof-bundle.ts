// What a run proved, read with the reader's own rights, put together and checked in the browser.
import { sha256 as digest } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { bundleOf, bundleReads, type BundleRows, type ProofBundle } from "../core/proof-bundle.ts";
import { verifyBundle, type BundleProblem } from "../core/verify-bundle.ts";
import { client } from "./client.ts";
import { readRow, readRows } from "./request.ts";

const sha256 = (utf8: Uint8Array) => bytesToHex(digest(utf8));
const PAGE = 1_000;
const Row = z.record(z.string(), z.unknown());
type Row = z.infer<typeof Row>;
const asIs = (row: unknown) => row;

export interface ReadBundle {
  bundle: ProofBundle;
  /** Empty when every hash and link of it holds. */
  problems: BundleProblem[];
}

/** Null without the right to see payloads: evidence quotes them. @throws DataError */
export async function loadProofBundle(runId: string): Promise<ReadBundle | null> {
  const payload = await one("run_payloads", bundleReads.payload, { run_id: runId });
  if (payload === null) return null;
  const rows = await rowsOf(runId, payload);
  const bundle = bundleOf(rows, new Date().toISOString(), sha256);
  return { bundle, problems: verifyBundle(bundle, sha256) };
}

/** A run may go on while it is read, so its row is read last, and all of it again until the two agree. */
async function rowsOf(runId: string, payload: Row): Promise<BundleRows> {
  const instance = ["step_key", "item_path"];
  for (let attempt = 1; ; attempt++) {
    const [steps, outputs, proofs, artifacts] = await Promise.all([
      every("steps", bundleReads.steps, runId, instance),
      every("step_payloads", bundleReads.outputs, runId, instance),
      every("proofs", bundleReads.proofs, runId, ["n"]),
      every("artifacts", bundleReads.artifacts, runId, ["created_at", "id"]),
    ]);
    const run = await one("runs", bundleReads.run, { id: runId });
    if (attempt < 4 && run?.["proof_count"] !== proofs.length) continue;
    const version = await one("versions", bundleReads.version, {
      workflow_id: run?.["workflow_id"],
      n: run?.["version"],
    });
    return { run, version, payload, steps, outputs, proofs, artifacts };
  }
}

function one(table: string, columns: string, where: Row): Promise<Row | null> {
  return readRow(Row, table, client().from(table).select(columns).match(where).maybeSingle(), asIs);
}

async function every(table: string, columns: string, runId: string, order: string[]): Promise<Row[]> {
  const all: Row[] = [];
  for (;;) {
    let query = client().from(table).select(columns).eq("run_id", runId);
    for (const column of order) query = query.order(column);
    const rows = await readRows(Row, table, query.range(all.length, all.length + PAGE - 1), asIs);
    all.push(...rows);
    if (rows.length < PAGE) return all;
  }
}

/** @param mark anything that changes when the run did */
export function proofBundleQuery(runId: string, mark: string) {
  return queryOptions({
    queryKey: ["run", runId, "proof-bundle", mark],
    queryFn: () => loadProofBundle(runId),
    placeholderData: (before: ReadBundle | null | undefined) => before,
  });
}
