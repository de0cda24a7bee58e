// A workflow of two steps under limits, and what is done to its runs.
import type { JsonObject } from "../../../src/core/json.ts";
import { ClaimedStep } from "../../../src/core/worker.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { sql, stage } from "./clocked-stage.ts";

export const steps = [step("one"), step("two", { after: ["one"] })];
export const customer = { key: "input.customer", parts: [{ path: ["customer"] }] };

export const publish = async (settings: JsonObject, slug = "main"): Promise<string> =>
  stage.publish(slug, planOf({ steps, settings }, slug));

export async function start(
  workflow: string,
  input: JsonObject = {},
  options: JsonObject = {},
): Promise<string> {
  return (await startAnswer(workflow, input, options)).run_id;
}
export async function startAnswer(
  workflow: string,
  input: JsonObject = {},
  options: JsonObject = {},
): Promise<{ run_id: string; debounced?: boolean }> {
  return asUser(
    sql,
    stage,
    (tx) => tx`select public.start_run(${workflow}, ${sql.json(input)}, ${sql.json(options)}) as answer`,
  );
}
export const verb = async (name: string, run: string): Promise<unknown> =>
  asUser(sql, stage, (tx) => tx`select public.${sql(name)}(${run}) as answer`);
export async function claim(limit = 10): Promise<ClaimedStep[]> {
  const [row] = await sql`select engine.claim_steps('w', ${limit}, 15000) as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}
export async function report(
  held: ClaimedStep[],
  facts: JsonObject = {},
  claimed = 0,
): Promise<ClaimedStep[]> {
  const reports = held.map(({ runId, stepKey, itemPath, attempt }) => ({
    runId,
    stepKey,
    itemPath,
    attempt,
    outcome: "succeeded",
    ...facts,
  }));
  const [row] =
    await sql`select engine.report_steps('w', ${sql.json(reports)}, ${claimed}, 15000) -> 'claimed' as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}
/** Ends a run with its two steps. */
export async function finish(run: string, held: ClaimedStep[]): Promise<void> {
  const first = held.filter(({ runId }) => runId === run);
  const second = await report(first, {}, 1);
  await report(second);
}
export async function stateOf(runs: string[]): Promise<unknown[]> {
  const rows = await sql<{ id: string; status: string; wait: string | null }[]>`
    select id, status, concat_ws(' ', waiting_for ->> 'kind', waiting_for ->> 'ref') as wait from public.runs where id = any(${runs})`;
  return runs.map((run) => {
    const row = rows.find(({ id }) => id === run);
    return row?.wait ? `${row.status} ${row.wait}` : row?.status;
  });
}
export const pass = async (seconds: number): Promise<unknown> => sql`
  select set_config('engine.clock_offset', (current_setting('engine.clock_offset')::interval
    + make_interval(secs => ${seconds}))::text, false)`;
export const runsOf = (held: ClaimedStep[]): string[] => held.map(({ runId }) => runId);
export const sweep = async (): Promise<unknown> => sql`select engine.sweep()`;
export async function nextDueMs(): Promise<number | null> {
  const [row] = await sql<{ ms: string | null }[]>`select engine.next_due_ms() as ms`;
  return row?.ms == null ? null : Number(row.ms);
}
