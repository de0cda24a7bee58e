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
let start: () => Promise<unknown>;

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  const stage = await setStage(sql);
  const workflowId = await stage.publish("one", planOf({ steps: [step("one")] }, "One"));
  start = async () => sql`select engine.start_run_as(${stage.userId}, ${workflowId}, '{}', '{}')`;
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
  // The statistics are of a moment when next to nothing was due, and of few workflows and lanes.
  await sql`analyze`;
  session = postgres(database.url, { max: 1, onnotice: ({ message }) => plans.push(message ?? "") });
  await session.unsafe(`load 'auto_explain'; set auto_explain.log_nested_statements = on;
    set auto_explain.log_min_duration = 0; set client_min_messages = log`);
}, 120_000);
afterAll(async () => {
  await session.end();
  await database.drop();
});

/** The plans of every statement within a claim that takes the one step that is due. */
async function plansOfClaim(): Promise<string> {
  await start();
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

it("looks up by key what it takes, though the planner last saw an empty queue", async () => {
  const text = await plansOfClaim();
  expect(text).not.toMatch(/Bitmap Index Scan on steps_ready/);
  // Each run is locked once, and its workflow and lane are looked up for it.
  expect(text).toMatch(/Function Scan on unnest chosen.*\n\s+->\s+Subquery Scan on run\b/);
  expect(text).toMatch(
    /Index Scan using workflows_pkey on workflows.*\n\s+Index Cond: \(id = run\.workflow_id\)/,
  );
});

it("would read all of them without the index of ready steps", async () => {
  await database.sql`drop index public.steps_ready`;
  expect(await plansOfClaim()).toMatch(/Seq Scan on steps/);
});
