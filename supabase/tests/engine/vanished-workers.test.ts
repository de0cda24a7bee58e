// A worker that died is noticed by its database session, long before its lease ends.
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { ClaimedStep } from "../../../src/core/worker.ts";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { setStage } from "../../../e2e/engine/stage.ts";

let database: TestDatabase;
let sql: postgres.Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
});
afterAll(() => database.drop());

beforeEach(async () => {
  await sql`truncate public.runs cascade`;
  await sql`truncate engine.workers`;
  const stage = await setStage(sql);
  const workflow = await stage.publish("one", planOf({ steps: [step("one")] }, "One"));
  await sql`select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}')`;
});

/** A session of its own that says: this worker lives. */
async function register(worker: string): Promise<{ freed: number; end(): Promise<void> }> {
  const session = postgres(database.engineUrl, { max: 1, onnotice: () => {} });
  const [row] = await session<
    { pid: number; freed: number }[]
  >`select pg_backend_pid() as pid, engine.register_worker(${worker}, 15000) as freed`;
  return {
    freed: row?.freed ?? -1,
    async end() {
      await session.end({ timeout: 1 });
      await expect
        .poll(async () => sql`select from pg_stat_activity where pid = ${row?.pid ?? 0}`)
        .toHaveLength(0);
    },
  };
}
async function claim(worker: string): Promise<number[]> {
  const [row] = await sql`select engine.claim_steps(${worker}, 10, 15000) as claimed`;
  return ClaimedStep.array()
    .parse(row?.["claimed"])
    .map(({ attempt }) => attempt);
}
async function sweep(): Promise<number> {
  const [row] = await sql<{ recovered: number }[]>`select (engine.sweep() ->> 'recovered')::int as recovered`;
  return row?.recovered ?? -1;
}

it("the sweep frees the steps of a worker whose session ended, and the next claim is a new attempt", async () => {
  const doomed = await register("doomed");
  expect(await claim("doomed")).toEqual([1]);
  await doomed.end();
  expect(await claim("other")).toEqual([]);
  expect(await sweep()).toBe(1);
  expect(await claim("other")).toEqual([2]);
  const attempts = await sql`select n, worker, outcome from public.attempts order by n`;
  expect(attempts.map((one) => ({ ...one }))).toEqual([
    { n: 1, worker: "doomed", outcome: "lost" },
    { n: 2, worker: "other", outcome: null },
  ]);
  const [event] =
    await sql`select kind from public.run_events where step_key = 'one' order by seq desc limit 1`;
  expect(event?.["kind"]).toBe("step.recovered");
});

it("a new worker frees them by registering", async () => {
  const doomed = await register("doomed");
  await claim("doomed");
  await doomed.end();
  const next = await register("next");
  expect(next.freed).toBe(1);
  expect(await claim("next")).toEqual([2]);
  await next.end();
});

it("a worker whose session stands keeps its steps", async () => {
  const alive = await register("alive");
  await claim("alive");
  const other = await register("other");
  expect([other.freed, await sweep(), await claim("other")]).toEqual([0, 0, []]);
  await Promise.all([alive.end(), other.end()]);
});

it("a worker that never registered is left to its lease", async () => {
  await claim("behind a pooler");
  expect([await sweep(), await claim("other")]).toEqual([0, []]);
});

it("a worker that registers anew before anybody looked keeps its steps", async () => {
  const before = await register("blinked");
  await claim("blinked");
  await before.end();
  const after = await register("blinked");
  expect([after.freed, await sweep(), await claim("other")]).toEqual([0, 0, []]);
  await after.end();
});

it("a claim that commits after the death was noticed is freed too", async () => {
  const doomed = await register("doomed");
  await doomed.end();
  expect(await sweep()).toBe(0);
  expect(await claim("doomed")).toEqual([1]);
  expect(await sweep()).toBe(1);
  expect(await claim("other")).toEqual([2]);
});

it("a run somebody holds is passed over, and freed by a later sweep", async () => {
  const doomed = await register("doomed");
  await claim("doomed");
  await doomed.end();
  await sql.begin(async (holder) => {
    await holder`select from public.runs for no key update`;
    expect(await sweep()).toBe(0);
  });
  expect(await sweep()).toBe(1);
});

it("the dead are forgotten after one lease", async () => {
  const doomed = await register("doomed");
  await doomed.end();
  await sweep();
  await sql`update engine.workers set vanished_at = vanished_at - interval '15 s'`;
  await sweep();
  expect(await sql`select worker from engine.workers`).toHaveLength(0);
});
