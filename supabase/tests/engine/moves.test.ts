// The legal moves, written out: a change here is a change of the contract with every reader of events.
import type postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";

let database: TestDatabase;
let sql: postgres.Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
});
afterAll(() => database.drop());

const listed = (rows: readonly postgres.Row[]): string[] =>
  rows.map((row) => `${row["from_status"]} > ${row["to_status"]}: ${row["event_kind"]}`);

it("moves steps in these ways only", async () => {
  expect(
    listed(await sql`select * from engine.step_moves order by event_kind, from_status, to_status`),
  ).toEqual([
    "pending > cancelled: step.cancelled",
    "ready > cancelled: step.cancelled",
    "running > cancelled: step.cancelled",
    "waiting > cancelled: step.cancelled",
    "pending > failed: step.failed",
    "ready > failed: step.failed",
    "running > failed: step.failed",
    "waiting > failed: step.failed",
    "running > ready: step.handed_over",
    "pending > ready: step.ready",
    "running > running: step.recovered",
    "waiting > ready: step.released",
    "cancelled > pending: step.reset",
    "failed > pending: step.reset",
    "skipped > pending: step.reset",
    "failed > ready: step.retried",
    "pending > succeeded: step.reused",
    "ready > succeeded: step.reused",
    "pending > skipped: step.skipped",
    "running > skipped: step.skipped",
    "pending > running: step.started",
    "ready > running: step.started",
    "waiting > running: step.started",
    "new > succeeded: step.succeeded",
    "pending > succeeded: step.succeeded",
    "running > succeeded: step.succeeded",
    "waiting > succeeded: step.succeeded",
    "cancelled > waiting: step.waiting",
    "ready > waiting: step.waiting",
    "running > waiting: step.waiting",
    "waiting > waiting: step.waiting",
  ]);
});

it("moves runs in these ways only", async () => {
  expect(
    listed(await sql`select * from engine.run_moves order by event_kind, from_status, to_status`),
  ).toEqual([
    "queued > cancelled: run.cancelled",
    "running > cancelled: run.cancelled",
    "waiting > cancelled: run.cancelled",
    "queued > failed: run.failed",
    "running > failed: run.failed",
    "waiting > failed: run.failed",
    "none > queued: run.queued",
    "waiting > running: run.resumed",
    "cancelled > queued: run.retried",
    "failed > queued: run.retried",
    "queued > running: run.started",
    "running > succeeded: run.succeeded",
    "waiting > succeeded: run.succeeded",
    "queued > queued: run.updated",
    "running > running: run.updated",
    "waiting > waiting: run.updated",
    "queued > waiting: run.waiting",
    "running > waiting: run.waiting",
  ]);
});

it("draws retry delays between nothing and the capped power, at least half for rate limits, at least Retry-After", async () => {
  const policy = { baseDelayMs: 1_000, factor: 2, maxDelayMs: 300_000, jitter: "full" };
  const [row] = await sql`
    select bool_and(transient between 0 and least(300000, 1000 * power(2::float8, n - 1))) as within,
      bool_and(limited >= least(300000, 1000 * power(2::float8, n - 1)) / 2) as half,
      bool_and(told = 900000) as clamped
    from generate_series(1, 1000) as n
    cross join lateral (select
      engine.retry_delay(${sql.json(policy)}, n, 'transient', null) as transient,
      engine.retry_delay(${sql.json(policy)}, n, 'rate_limited', null) as limited,
      engine.retry_delay(${sql.json(policy)}, n, 'rate_limited', 31536000000) as told) as drawn`;
  expect(row).toEqual({ within: true, half: true, clamped: true });
});

it("makes the immediate retries of a policy at once, also against a Retry-After, and waits for the rest", async () => {
  const policy = { baseDelayMs: 1_000, factor: 2, maxDelayMs: 300_000, jitter: "none", immediate: 2 };
  const rows = await sql`
    select engine.retry_delay(${sql.json(policy)}, n, 'rate_limited', 60000) as delay from generate_series(1, 3) as n`;
  expect(rows.map(({ delay }) => delay)).toEqual([0, 0, 60_000]);
});

it("lets nobody but the move triggers write events, and pins every engine function's search path", async () => {
  expect(
    await sql`select proname from pg_proc where pronamespace = 'engine'::regnamespace and not coalesce('search_path=""' = any (proconfig), false)`,
  ).toEqual([]);
  expect(
    await sql`
      select proname from pg_proc where pronamespace in ('engine'::regnamespace, 'public'::regnamespace)
        and prosrc ~* 'insert\\s+into\\s+public\\.run_events' order by proname`,
  ).toEqual([{ proname: "record_run_moves" }, { proname: "write_step_events" }]);
});
