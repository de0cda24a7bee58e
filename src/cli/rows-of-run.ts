import type { SupabaseClient } from "@supabase/supabase-js";
import { serverError } from "./cli-error.ts";

/** Rows one REST request answers with at most. */
const PAGE = 1_000;

export type Row = Record<string, unknown>;

/**
 * All rows a table has of a run, however many requests that takes.
 * @param order columns that together order the rows without a doubt
 * @throws CliError when the server refuses
 */
export async function rowsOfRun(
  client: SupabaseClient,
  table: string,
  columns: string,
  runId: string,
  order: readonly string[],
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
