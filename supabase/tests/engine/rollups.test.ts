// Rollups are what counting the runs would give, whatever happened to them in between.
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import { ClaimedStep } from "../../../src/core/worker.ts";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";

let database: TestDatabase;
let sql: postgres.Sql;
let stage: Stage;
beforeAll(async () => {
  database = await createTestDatabase();
  // One connection: its engine clock is moved.
  sql = postgres(database.url, { max: 1, onnotice: () => {} });
  stage = await setStage(sql);
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

/** Numbers from 0 to 1 that are the same at every run of the test. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

async function claim(): Promise<ClaimedStep[]> {
  const [row] = await sql`select engine.claim_steps('w', 5, 15000) as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}

const call = (n: number) => ({
  n,
  kind: "llm",
  host: "model",
  llm: { provider: "p", model: "m", tokensIn: 10, tokensOut: 3, costUsd: 0.001 },
});

async function report(steps: ClaimedStep[], roll: () => number): Promise<void> {
  const reports = steps.flatMap(({ runId, stepKey, itemPath, attempt }): JsonObject[] => {
    const base = { runId, stepKey, itemPath, attempt, calls: [call(1)] };
    const dot = roll();
    if (dot < 0.05) return [];
    const error = (errorClass: string) => ({ class: errorClass, code: errorClass, message: "It failed." });
    if (dot < 0.15) return [{ ...base, outcome: "failed", error: error("permanent") }];
    if (dot < 0.3) return [{ ...base, outcome: "failed", error: error("transient") }];
    return [{ ...base, outcome: "succeeded", output: {} }];
  });
  await sql`select engine.report_steps('w', ${sql.json(reports)}, 0, 15000)`;
}

const moveClock = (seconds: number) => sql`
  select set_config('engine.clock_offset', (coalesce(nullif(current_setting('engine.clock_offset', true), ''), '0')::interval
    + make_interval(secs => ${seconds}))::text, false)`;

const fold = () => sql`select engine.fold_rollups('0 s')`;

const rolledUp = () => sql`
  select lane, hour, started, succeeded, failed, cancelled, resumed, queued_ms::int, duration_ms::int, duration_buckets,
    attempts_succeeded, attempts_failed, attempts_lost, attempts_other, tokens_in::int, tokens_out::int, cost_usd::float8
  from public.rollups where started + succeeded + failed + cancelled <> 0 order by hour, lane`;

/** The same figures from the runs and their attempts. */
const recount = () => sql`
  with fact as (
    select lane, date_trunc('hour', created_at, 'UTC') as hour, 'started' as what, null::uuid as id, 0 as queued, 0 as duration from public.runs
    union all
    select lane, date_trunc('hour', finished_at, 'UTC'), status, id,
      (extract(epoch from coalesce(started_at, finished_at) - created_at) * 1000)::bigint,
      (extract(epoch from finished_at - coalesce(started_at, finished_at)) * 1000)::bigint
    from public.runs where finished_at is not null
  )
  select fact.lane, hour, count(*) filter (where what = 'started')::int as started, count(*) filter (where what = 'succeeded')::int as succeeded,
    count(*) filter (where what = 'failed')::int as failed, count(*) filter (where what = 'cancelled')::int as cancelled,
    count(*) filter (where run.retry_count > 0)::int as resumed, sum(queued)::int as queued_ms, sum(duration)::int as duration_ms,
    coalesce(array_agg(duration) filter (where what <> 'started'), '{}') as durations,
    coalesce(sum(tried.succeeded), 0)::int as attempts_succeeded, coalesce(sum(tried.failed), 0)::int as attempts_failed,
    coalesce(sum(tried.lost), 0)::int as attempts_lost, coalesce(sum(tried.other), 0)::int as attempts_other,
    coalesce(sum((usage ->> 'tokensIn')::int), 0)::int as tokens_in, coalesce(sum((usage ->> 'tokensOut')::int), 0)::int as tokens_out,
    coalesce(sum((usage ->> 'costUsd')::numeric), 0)::float8 as cost_usd
  from fact left join public.runs as run on run.id = fact.id
  left join lateral (
    select count(*) filter (where outcome = 'succeeded') as succeeded, count(*) filter (where outcome = 'failed') as failed,
      count(*) filter (where outcome = 'lost') as lost, count(*) filter (where outcome not in ('succeeded', 'failed', 'lost')) as other
    from public.attempts where run_id = fact.id
  ) as tried on true
  group by fact.lane, hour order by hour, fact.lane`;

const bounds = [100, 300, 1_000, 3_000, 10_000, 30_000, 60_000, 300_000, 1_800_000, 3_600_000, 21_600_000];

async function recounted() {
  return (await recount()).map(({ durations, ...row }) => {
    const buckets = Array.from({ length: 12 }, () => 0);
    for (const duration of durations as string[]) {
      const place = bounds.findIndex((bound) => Number(duration) <= bound);
      buckets[place === -1 ? 11 : place]! += 1;
    }
    return { ...row, duration_buckets: buckets };
  });
}

it("equal a recount after random runs with failures, crashes, cancels, resumes and restarts", async () => {
  const roll = dice(7);
  const steps = [
    step("a", { retry: { maxAttempts: 3, baseDelayMs: 1_000, on: ["transient"] } }),
    step("b", { after: ["a"], retry: { maxAttempts: 2, baseDelayMs: 1_000, on: ["transient"] } }),
    step("c", { after: ["a"] }),
  ];
  const workflowId = await stage.publish("random", planOf({ steps }, "Random"));
  const act = (call: (tx: postgres.TransactionSql) => postgres.PendingQuery<postgres.Row[]>) =>
    asUser(sql, stage, call);
  // Run ids are random, so which runs are picked is too: it goes on until everything happened at least once.
  const happened = async () => {
    const [row] = await sql<{ all: boolean }[]>`
      select bool_or(status = 'succeeded') and bool_or(status = 'failed') and bool_or(status = 'cancelled')
        and bool_or(retry_count > 0 and finished_at is not null) and exists (select from public.attempts as attempt
          join public.runs as ended on ended.id = attempt.run_id where outcome = 'lost' and ended.finished_at is not null) as all
      from public.runs`;
    return row?.all === true;
  };
  for (let turn = 0; turn < 120 || (turn < 600 && !(await happened())); turn++) {
    if (roll() < 0.4) await act((tx) => tx`select public.start_run(${workflowId}) as answer`);
    await report(await claim(), roll);
    const [some] = await sql<{ id: string; status: string }[]>`
      select id, status from public.runs order by md5(id::text || ${turn}) limit 1`;
    const dot = roll();
    const [open] = await sql<{ id: string }[]>`
      select id from public.runs where finished_at is null order by md5(id::text || ${turn}) limit 1`;
    if (open && dot < 0.15) await act((tx) => tx`select public.cancel_run(${open.id}) as answer`);
    if (some && (some.status === "failed" || some.status === "cancelled") && dot > 0.4) {
      const mode = roll() < 0.7 ? "resume" : "restart";
      await act((tx) => tx`select public.retry_run(${some.id}, ${mode}) as answer`);
    }
    await moveClock(roll() * 300);
    if (roll() < 0.5) await sql`select engine.sweep()`;
  }
  await fold();
  const rows = await rolledUp();
  expect(rows.map((row) => ({ ...row }))).toEqual(await recounted());
  const [all] = await sql<Record<string, number>[]>`
    select sum(succeeded)::int as succeeded, sum(failed)::int as failed, sum(cancelled)::int as cancelled, sum(resumed)::int as resumed,
      sum(attempts_lost)::int as lost, sum(tokens_in)::int as tokens from public.rollups`;
  for (const [what, count] of Object.entries(all ?? {})) expect(count, what).toBeGreaterThan(0);
});

it("leave nothing behind to fold, and fold nothing twice", async () => {
  expect(await sql`select from engine.rollup_deltas`).toHaveLength(0);
  const before = await rolledUp();
  await fold();
  expect([...(await rolledUp())]).toEqual([...before]);
});

it("add up to totals that never fall, in which a resumed run's ends all count", async () => {
  const [row] = await sql`
    select (select sum(value)::int from engine.totals where name like 'runs.%') as ends,
      (select count(*)::int from public.run_events where kind in ('run.succeeded', 'run.failed', 'run.cancelled')) as events,
      (select sum(value)::int from engine.totals where name like 'attempts.%') as attempts,
      (select count(*)::int from public.attempts as attempt where exists (select from public.run_events as event
        where event.run_id = attempt.run_id and event.kind in ('run.succeeded', 'run.failed', 'run.cancelled')
          and event.at >= attempt.finished_at)) as kept`;
  expect(row?.["ends"]).toBe(row?.["events"]);
  expect(row?.["attempts"]).toBe(row?.["kept"]);
});
