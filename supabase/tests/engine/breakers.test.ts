// hosts that keep failing are not called but by a probe now and then; what waits for them goes on, spread out, once they answer.
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import { ClaimedStep } from "../../../src/core/worker.ts";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";

const HOST = "api.example.com";

let database: TestDatabase;
let sql: postgres.Sql;
let stage: Stage;
beforeAll(async () => {
  database = await createTestDatabase();
  // One connection: its clock is moved.
  sql = postgres(database.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});
beforeEach(async () => {
  await sql`truncate public.runs, engine.breakers cascade`;
  await sql`select set_config('engine.clock_offset', '0', false)`;
  stage = await setStage(sql);
});

async function note(failed: number, answered = 0, probed = false, host = HOST): Promise<string[]> {
  const calls = [{ workspaceId: stage.workspaceId, host, failed, answered, probed }];
  const [row] = await sql<
    { open: { host: string }[] }[]
  >`select engine.note_calls(${sql.json(calls)}) as open`;
  return (row?.open ?? []).map((one) => one.host);
}
async function ask(): Promise<string | undefined> {
  const [row] = await sql<
    { answer: string }[]
  >`select engine.ask_host(${stage.workspaceId}, ${HOST}) as answer`;
  return row?.answer;
}
const pass = async (seconds: number): Promise<unknown> => sql`
  select set_config('engine.clock_offset', (current_setting('engine.clock_offset')::interval
    + make_interval(secs => ${seconds}))::text, false)`;
async function start(runs: number): Promise<void> {
  const workflow = await stage.publish("main", planOf({ steps: [step("call")] }, "Main"));
  await sql`select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}') from generate_series(1, ${runs})`;
}
async function claim(): Promise<ClaimedStep[]> {
  const [row] = await sql`select engine.claim_steps('w', 100, 15000) as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}
async function report(held: ClaimedStep[], facts: JsonObject): Promise<void> {
  const reports = held.map(({ runId, stepKey, itemPath, attempt }) => ({
    runId,
    stepKey,
    itemPath,
    attempt,
    ...facts,
  }));
  await sql`select engine.report_steps('w', ${sql.json(reports)}, 0, 15000)`;
}
const putOff = { outcome: "parked", park: { for: "host", host: HOST } };
/** When the waiting steps are due, in milliseconds after the first. */
async function places(): Promise<number[]> {
  const rows = await sql<{ ms: number }[]>`
    select (extract(epoch from due_at - min(due_at) over ()) * 1000)::float8 as ms from public.steps where status = 'waiting' order by due_at`;
  return rows.map(({ ms }) => Math.round(ms));
}

it("R-17 opens at 20 failures within ten seconds, not for fewer", async () => {
  expect(await note(19)).toEqual([]);
  expect(await ask()).toBe("go");
  expect(await note(1)).toEqual([HOST]);
  expect(await ask()).toBe("wait");
});

it("R-17 does not open while most calls are answered, nor for failures long apart", async () => {
  expect(await note(25, 60)).toEqual([]);
  await pass(11);
  expect(await note(15)).toEqual([]);
  await pass(11);
  expect(await note(15)).toEqual([]);
});

it("keeps what one workspace sees from the others, and hosts apart", async () => {
  await note(30);
  expect(await note(3, 0, false, "other.example.com")).toEqual([HOST]);
  const other = await setStage(sql);
  const [row] = await sql<
    { answer: string }[]
  >`select engine.ask_host(${other.workspaceId}, ${HOST}) as answer`;
  expect(row?.answer).toBe("go");
});

it("lets one call through as a probe every two seconds at first, ever fewer later, and one a minute at last", async () => {
  await note(20);
  const pauses: number[] = [];
  for (let n = 0; n < 60; n += 1) {
    const [next] = await sql<{ s: number }[]>`
      select extract(epoch from probe_at - engine.now())::float8 as s from engine.breakers`;
    pauses.push(Math.round(next?.s ?? 0));
    expect(await ask()).toBe("wait");
    await pass((next?.s ?? 0) + 0.01);
    expect(await ask()).toBe("probe");
  }
  expect(pauses.slice(0, 8)).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
  expect(pauses).toEqual(pauses.toSorted((one, other) => one - other));
  expect(pauses.slice(-8)).toEqual([60, 60, 60, 60, 60, 60, 60, 60]);
});

it("closes on the answer to a probe, not on that of a call that was under way", async () => {
  await note(20);
  expect(await note(0, 5)).toEqual([HOST]);
  await pass(3);
  expect(await ask()).toBe("probe");
  expect(await note(0, 1, true)).toEqual([]);
  expect(await ask()).toBe("go");
});

it("lets a step wait for the host without using up an attempt, and says for what and until when", async () => {
  await start(1);
  await note(20);
  await report(await claim(), putOff);
  const [waiting] = await sql`
    select status, tries, attempt, waiting_for ->> 'kind' as kind, waiting_for ->> 'ref' as ref,
      due_at between engine.now() + interval '4 min' and engine.now() + interval '10 min' as bounded from public.steps`;
  expect(waiting).toEqual({
    status: "waiting",
    tries: 0,
    attempt: 1,
    kind: "limit",
    ref: `host:${HOST}`,
    bounded: true,
  });
  const [run] = await sql`select status, waiting_for ->> 'ref' as ref from public.runs`;
  expect(run).toEqual({ status: "waiting", ref: `host:${HOST}` });
});

it("sends a waiting step as the probe, the one that tried least", async () => {
  await start(3);
  await note(20);
  await report(await claim(), putOff);
  await sql`update public.steps set tries = 2 where run_id <> (select max(id::text)::uuid from public.runs)`;
  await sql`select engine.sweep()`;
  expect(await claim()).toEqual([]);
  await pass(2.1);
  await sql`select engine.sweep()`;
  const [probe, ...others] = await claim();
  expect([probe?.tries, others]).toEqual([1, []]);
  expect(await ask()).toBe("probe");
});

it("R-17 spreads what waited when the host answers again: one every hundredth of a second, none lost", async () => {
  await start(300);
  await note(20);
  for (let held = await claim(); held.length > 0; held = await claim()) await report(held, putOff);
  await pass(3);
  expect(await ask()).toBe("probe");
  await note(0, 1, true);
  for (let n = 0; n < 3; n += 1) await sql`select engine.sweep()`;
  const due = await places();
  expect(due).toHaveLength(300);
  const perSecond = Map.groupBy(due, (ms) => Math.floor(ms / 1_000));
  expect([...perSecond.values()].map((list) => list.length)).toEqual([100, 100, 100]);
});

it("does not keep a step waiting whose host answers again before its wait is recorded", async () => {
  await start(2);
  const [first, second] = await claim();
  await note(20);
  await report(first ? [first] : [], putOff);
  await pass(3);
  await ask();
  await note(0, 1, true);
  await report(second ? [second] : [], putOff);
  const [late] = await sql`select status from public.steps where run_id = ${second?.runId ?? ""}`;
  expect(late?.["status"]).toBe("ready");
});

it("forgets a host a minute after its last failure, and one that nobody asks for", async () => {
  await note(3);
  await note(20, 0, false, "gone.example.com");
  for (let minute = 0; minute < 15; minute += 1) {
    await pass(60);
    await sql`select engine.sweep()`;
  }
  expect([...(await sql`select host from engine.breakers`)]).toEqual([]);
  const [due] = await sql`select engine.next_due_ms() as ms`;
  expect(due?.["ms"]).toBeNull();
});

it("shows members which hosts are not called and how many steps wait for them", async () => {
  await start(2);
  await note(20);
  await report(await claim(), putOff);
  const [row] = await database.asUser(stage.userId)<{ status: { breakers: JsonObject[] } }[]>`
    select public.engine_status(${stage.workspaceId}) as status`;
  expect(row?.status.breakers).toMatchObject([{ host: HOST, n: 2 }]);
  const [metrics] = await sql<
    { breakers: number }[]
  >`select (engine.metrics() ->> 'breakers')::int as breakers`;
  expect(metrics?.breakers).toBe(1);
});
