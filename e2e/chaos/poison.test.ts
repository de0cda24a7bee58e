// R-15: steps that kill their worker every time end as poison; their neighbours, claimed with them, do not notice.
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ClaimedStep } from "../../src/core/worker.ts";
import { type TestDatabase, createTestDatabase } from "../database.ts";
import { planOf } from "../engine/plan-of.ts";
import { step } from "../engine/scenario.ts";
import { setStage } from "../engine/stage.ts";

let database: TestDatabase;
let sql: postgres.Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

it("R-15 fails one step in fifty as poison after three crashes, and every other at its first attempt succeeds", async () => {
  const stage = await setStage(sql);
  const workflow = await stage.publish("one", planOf({ steps: [step("only")] }, "One"));
  const rows = await sql<{ id: string }[]>`
    select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}') ->> 'run_id' as id from generate_series(1, 200)`;
  const deadly = new Set(rows.flatMap(({ id }, n) => (n % 50 === 0 ? [id] : [])));
  for (let hour = 0; hour < 10; hour += 1) {
    await sql`select set_config('engine.clock_offset', ${`${hour} hours`}, false)`;
    for (;;) {
      const [row] = await sql`select engine.claim_steps('w', 32, 15000) as claimed`;
      const held = ClaimedStep.array().parse(row?.["claimed"]);
      if (held.length === 0) break;
      const reports = held
        .filter(({ runId }) => !deadly.has(runId))
        .map(({ runId, stepKey, itemPath, attempt }) => ({
          runId,
          stepKey,
          itemPath,
          attempt,
          outcome: "succeeded",
          output: {},
        }));
      await sql`select engine.report_steps('w', ${sql.json(reports)}, 0, 15000)`;
    }
  }
  const ended = await sql<
    { status: string; code: string | null; attempt: number; crashes: number; count: number }[]
  >`
    select status, error ->> 'code' as code, attempt, crashes, count(*)::int from public.steps group by 1, 2, 3, 4 order by 1`;
  expect([...ended]).toEqual([
    { status: "failed", code: "poison", attempt: 3, crashes: 3, count: 4 },
    { status: "succeeded", code: null, attempt: 1, crashes: 0, count: 196 },
  ]);
});

it("R-15 keeps poison in its own step when each death takes everything the worker holds with it", async () => {
  await sql`select set_config('engine.clock_offset', '20 hours', false)`;
  const stage = await setStage(sql);
  const workflow = await stage.publish("one", planOf({ steps: [step("only")] }, "One"));
  const rows = await sql<{ id: string }[]>`
    select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}') ->> 'run_id' as id from generate_series(1, 200)`;
  const deadly = new Set(rows.flatMap(({ id }, n) => (n % 50 === 7 ? [id] : [])));
  let lives = 1;
  for (let turn = 0; turn < 2_000; turn += 1) {
    const [row] = await sql`select engine.claim_steps(${`w${lives}`}, 32, 15000) as claimed`;
    const held = ClaimedStep.array().parse(row?.["claimed"]);
    const dies = held.some(({ runId }) => deadly.has(runId));
    if (dies) lives += 1;
    else if (held.length > 0) {
      const reports = held.map(({ runId, stepKey, itemPath, attempt }) => ({
        runId,
        stepKey,
        itemPath,
        attempt,
        outcome: "succeeded",
        output: {},
      }));
      await sql`select engine.report_steps(${`w${lives}`}, ${sql.json(reports)}, 0, 15000)`;
    } else if ((await openSteps(stage.workspaceId)) === 0) break;
    if (dies || held.length === 0)
      await sql`select set_config('engine.clock_offset', (current_setting('engine.clock_offset')::interval
        + make_interval(secs => ${dies ? 16 : 1.1}))::text, false)`;
  }
  const ended = await sql<{ status: string; code: string | null; crashes: number; count: number }[]>`
    select status, error ->> 'code' as code, crashes, count(*)::int from public.steps
    where workspace_id = ${stage.workspaceId} group by 1, 2, 3 order by 1, 3`;
  // Each first death takes 31 neighbours along, but the few that are recovered together shield the others from the second.
  expect([...ended]).toEqual([
    { status: "failed", code: "poison", crashes: 3, count: 4 },
    { status: "succeeded", code: null, crashes: 0, count: 72 },
    { status: "succeeded", code: null, crashes: 1, count: 112 },
    { status: "succeeded", code: null, crashes: 2, count: 12 },
  ]);
});

async function openSteps(workspaceId: string): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from public.steps where workspace_id = ${workspaceId} and finished_at is null`;
  return row?.n ?? 0;
}
