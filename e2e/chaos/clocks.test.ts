// time is the database's, and even that may jump. Leases, retries and ends must bear it; no run may have a negative duration.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ClaimedStep, ReportAnswer } from "../../src/core/worker.ts";
import { type TestDatabase, createTestDatabase } from "../database.ts";
import { planOf } from "../engine/plan-of.ts";
import { step } from "../engine/scenario.ts";
import { type Stage, setStage } from "../engine/stage.ts";
import { jumps, letClockJump, playWhileClockJumps, trustClock } from "./jumping-clock.ts";

const invariants = readFileSync(join(import.meta.dirname, "../../supabase/tests/invariants.sql"), "utf8");

let database: TestDatabase;
let sql: postgres.Sql;
let stage: Stage;
let run: string;
beforeEach(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 1, onnotice: () => {} });
  stage = await setStage(sql);
  const steps = [
    step("a", { retry: { maxAttempts: 3, baseDelayMs: 60_000 } }),
    step("b", { after: ["a"] }),
    step("c", { after: ["b"] }),
  ];
  const workflow = await stage.publish("chain", planOf({ steps }, "Chain"));
  const [row] = await sql<{ id: string }[]>`
    select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}') ->> 'run_id' as id`;
  run = row?.id ?? "";
});
afterEach(async () => {
  await sql.end();
  await database.drop();
});

const setClock = async (offset: string): Promise<void> => {
  await sql`select set_config('engine.clock_offset', ${offset}, false)`;
};
async function claim(): Promise<ClaimedStep[]> {
  const [row] = await sql`select engine.claim_steps('w', 10, 15000) as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}
async function report(
  held: ClaimedStep[],
  said: object = { outcome: "succeeded", output: {} },
): Promise<ReportAnswer> {
  const reports = held.map(({ runId, stepKey, itemPath, attempt }) => ({
    runId,
    stepKey,
    itemPath,
    attempt,
    ...said,
  }));
  const [row] = await sql`select engine.report_steps('w', ${sql.json(reports)}, 10, 15000) as answer`;
  return ReportAnswer.parse(row?.["answer"]);
}
async function negative(): Promise<postgres.RowList<postgres.Row[]>> {
  return sql`
    select 'run' as what from public.runs where finished_at < started_at or started_at < created_at
    union all select 'step' from public.steps where finished_at < started_at
    union all select 'attempt' from public.attempts where finished_at < started_at or queued_ms < 0`;
}

it.each(["-5 seconds", "-1 hour"])(
  "R-14 ends a run although the clock went back by %s on the way",
  async (offset) => {
    await setClock("0");
    let held = await claim();
    await setClock(offset);
    while (held.length > 0) held = (await report(held)).claimed;
    expect(await sql`select status from public.runs where id = ${run}`).toEqual([{ status: "succeeded" }]);
    expect(await negative()).toEqual([]);
    expect(await sql.unsafe(invariants)).toEqual([]);
  },
);

it("R-14 recovers what was running when the clock jumped an hour ahead, once, and refuses the first worker's report", async () => {
  await setClock("0");
  const before = await claim();
  await setClock("1 hour");
  const after = await claim();
  expect(after.map(({ stepKey, attempt }) => [stepKey, attempt])).toEqual([["a", 2]]);
  expect((await report(before)).results.map(({ counted }) => counted)).toEqual([false]);
  let held = (await report(after)).claimed;
  while (held.length > 0) held = (await report(held)).claimed;
  expect(await sql`select status from public.runs where id = ${run}`).toEqual([{ status: "succeeded" }]);
  expect(await negative()).toEqual([]);
});

it("R-14 gives a lease from before a jump back no longer life than from then on", async () => {
  await setClock("1 hour");
  const held = await claim();
  await setClock("0");
  const beat = held.map(({ runId, stepKey, itemPath, attempt }) => ({ runId, stepKey, itemPath, attempt }));
  await sql`select engine.heartbeat('w', ${sql.json(beat)}, 15000)`;
  const [lease] = await sql<{ seconds: number }[]>`
    select extract(epoch from lease_until - engine.now())::float8 as seconds from public.steps where status = 'running'`;
  expect(lease?.seconds).toBeLessThanOrEqual(15);
});

it("R-14 counts a wait's duration from the database's clock", async () => {
  await setClock("-5 hours");
  await report(await claim(), { outcome: "parked", park: { for: "timer", forMs: 60_000 } });
  const [waiting] = await sql<{ seconds: number }[]>`
    select extract(epoch from due_at - engine.now())::float8 as seconds from public.steps where status = 'waiting'`;
  expect(waiting?.seconds).toBeGreaterThan(50);
  expect(waiting?.seconds).toBeLessThanOrEqual(60);
});

it("R-14 takes a worker's word for nothing that has to do with time", async () => {
  await setClock("0");
  const held = await claim();
  await report(held, {
    outcome: "failed",
    error: { class: "transient", code: "away", message: "Away.", at: "2031-01-01T00:00:00.000Z" },
    activeMs: 0,
    startedAt: "2031-01-01T00:00:00.000Z",
  });
  const [waiting] = await sql<{ seconds: number }[]>`
    select extract(epoch from due_at - engine.now())::float8 as seconds from public.steps where status = 'waiting'`;
  expect(waiting?.seconds).toBeLessThanOrEqual(60);
  expect(await claim()).toEqual([]);
});

/** All of them in every scenario: `npm run chaos -- --only clocks`. Here every jump has its own few. */
const ofEach = (n: number) => (_: string, place: number) => place % 9 === n;

it.each(jumps.map((jump, n) => [jump.name, jump, n] as const))(
  "R-14 ends scenarios as ever, and nothing before it began, while the database's clock jumps %s",
  async (_, jump, n) => {
    await letClockJump(sql, 14);
    const { plays, broken } = await playWhileClockJumps(sql, jump, ofEach(n));
    expect(plays).toBeGreaterThan(5);
    expect(broken).toEqual([]);
  },
);

it("R-14 turns red when ends are written down as the clock shows them", async () => {
  await letClockJump(sql, 14);
  await trustClock(sql);
  const { broken } = await playWhileClockJumps(sql, { name: "back", seconds: -5, often: "once" }, ofEach(1));
  expect(broken.join("\n")).toContain("nothing ends before it began");
});
