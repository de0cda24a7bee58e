// How a claim finds its candidates when the tables are large: by index, whatever else is in them.
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { setStage } from "../../../e2e/engine/stage.ts";

let database: TestDatabase;
let session: postgres.Sql;
let plans: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  const stage = await setStage(sql);
  const workflowId = await stage.publish("one", planOf({ steps: [step("one")] }, "One"));
  const start = async () => sql`select engine.start_run_as(${stage.userId}, ${workflowId}, '{}', '{}')`;
  await start();
  // Finished steps of finished runs, without the triggers that record moves: nothing moves here.
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    const copied = async (table: string, key: string, replaced: Record<string, string>) => {
      const columns = await tx<{ name: string }[]>`
        select attname as name from pg_attribute
        where attrelid = ${`public.${table}`}::regclass and attnum > 0 and not attisdropped and attgenerated = ''`;
      const values = columns.map(({ name }) => replaced[name] ?? `source.${name}`);
      await tx.unsafe(`insert into public.${table} (${columns.map(({ name }) => name).join(", ")})
        select ${values.join(", ")} from copies join public.${table} as source on source.${key} = copies.model`);
    };
    await tx`create temporary table copies on commit drop as
      select run.id as model, gen_random_uuid() as id from public.runs as run cross join generate_series(1, 200000)`;
    const ended = { status: "'succeeded'", finished_at: "now()", started_at: "now()" };
    await copied("steps", "run_id", { ...ended, run_id: "copies.id", due_at: "null" });
    await copied("runs", "id", { ...ended, id: "copies.id", key_run: "copies.id", admitted_at: "null" });
  });
  await sql`analyze public.steps, public.runs`;
  await start();
  session = postgres(database.url, { max: 1, onnotice: ({ message }) => plans.push(message ?? "") });
  await session.unsafe(`load 'auto_explain'; set auto_explain.log_nested_statements = on;
    set auto_explain.log_min_duration = 0; set client_min_messages = log`);
}, 120_000);
afterAll(async () => {
  await session.end();
  await database.drop();
});

/** The plans of every statement within a claim of two steps. */
async function plansOfClaim(): Promise<string> {
  plans = [];
  await session`select engine.claim_steps('w', 2, 15000)`;
  return plans.join("\n");
}

it("finds due steps among 200,000 finished ones by index", async () => {
  const text = await plansOfClaim();
  expect(text).toMatch(/Index (Only )?Scan using steps_ready/);
  expect(text).toMatch(/Index (Only )?Scan using steps_due/);
  expect(text).toContain("runs_pkey");
  expect(text).not.toMatch(/Seq Scan on (public\.)?(steps|runs)\b/);
});

it("would read all of them without the index of ready steps", async () => {
  await database.sql`drop index public.steps_ready`;
  expect(await plansOfClaim()).toMatch(/Seq Scan on steps/);
});
