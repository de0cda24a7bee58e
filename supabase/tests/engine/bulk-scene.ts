// Many runs, one verb on all of them, and the sweep that works it off; what is left behind after each test has to be in order.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeEach, expect } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { type StepSpec, step } from "../../../e2e/engine/scenario.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";
import { workOff } from "./work-off.ts";

const invariants = readFileSync(join(import.meta.dirname, "../invariants.sql"), "utf8");
export let database: TestDatabase;
export let sql: postgres.Sql;
export let stage: Stage;
let published = 0;
beforeEach(async () => {
  database ??= await createTestDatabase();
  sql = database.sql;
  stage = await setStage(sql);
});
afterEach(async () => {
  expect(await sql.unsafe(invariants)).toEqual([]);
  // What one test leaves running is not the next one's.
  await sql`update public.operations set status = 'aborted', finished_at = now() where status = 'running'`;
});
afterAll(() => database.drop());

export const json = (value: unknown) => sql`${JSON.stringify(value)}::text::jsonb`;
export const one = [step("a"), step("b", { after: ["a"] })];

export async function startMany(
  count: number,
  steps: readonly StepSpec[] = one,
): Promise<{ workflow: string; runs: string[] }> {
  const slug = `many-${(published += 1)}`;
  const workflow = await stage.publish(slug, planOf({ steps }, slug));
  const started = await asUser<{ run_id: string }[]>(
    sql,
    stage,
    (tx) => tx`select jsonb_agg(public.start_run(${workflow})) as answer from generate_series(1, ${count})`,
  );
  return { workflow, runs: started.map((each) => each.run_id) };
}
export async function failMany(
  count: number,
  steps: readonly StepSpec[] = one,
  failing: Record<string, string> = { b: "permanent" },
) {
  const many = await startMany(count, steps);
  await workOff(sql, failing);
  return many;
}
export interface Made {
  operation_id: string;
  total: number;
}
export const bulk = (verb: "retry" | "cancel" | "move", filter: object, options: object = {}) =>
  asUser<Made>(
    sql,
    stage,
    (tx) =>
      tx`select ${tx.unsafe(`public.bulk_${verb}`)}(${stage.workspaceId}, ${json(filter)}, ${json(options)}) as answer`,
  );
export async function workOperations(connection: postgres.Sql = sql): Promise<number> {
  const [row] = await connection<{ n: number }[]>`select engine.work_operations() as n`;
  return row?.n ?? 0;
}
export async function workAll(): Promise<void> {
  while ((await workOperations()) > 0);
}
export async function progress(id: string) {
  const [row] = await sql`
    select status, reason, total, done, set_aside, failed, stage from public.operations where id = ${id}`;
  return { ...row };
}
export async function countOf(status: string, workflow: string): Promise<number> {
  const [row] = await sql`
    select count(*)::int as n from public.runs where workflow_id = ${workflow} and status = ${status}`;
  return row?.["n"];
}
