// Connections with limits: so many attempts at once, so many per time, and a server's wish to be left alone counts for everybody.
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import { ClaimedStep } from "../../../src/core/worker.ts";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { mapOver, step } from "../../../e2e/engine/scenario.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";

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
  await sql`truncate public.runs, public.connections cascade`;
  await sql`select set_config('engine.clock_offset', '0', false)`;
  stage = await setStage(sql);
});

async function limit(limits: JsonObject | null): Promise<void> {
  await sql`
    insert into public.connections (workspace_id, slug, kind, title, limits)
    values (${stage.workspaceId}, 'api', 'http', 'API', ${limits === null ? null : sql.json(limits)})
    on conflict (workspace_id, slug) do update set limits = excluded.limits`;
}
const caller = (key: string): ReturnType<typeof step> => step(key, { connections: ["api"] });
async function start(steps = [caller("call"), step("plain")]): Promise<string> {
  const workflow = await stage.publish("main", planOf({ steps }, "Main"));
  const [row] = await sql<{ id: string }[]>`
    select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}') ->> 'run_id' as id`;
  return row?.id ?? "";
}
async function claim(limited = 20): Promise<ClaimedStep[]> {
  const [row] = await sql`select engine.claim_steps('w', ${limited}, 15000) as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}
async function report(held: ClaimedStep[], facts: JsonObject = {}, claimed = 0): Promise<ClaimedStep[]> {
  const reports = held.map(({ runId, stepKey, itemPath, attempt, role }) => ({
    runId,
    stepKey,
    itemPath,
    attempt,
    outcome: "succeeded",
    output: role === "split" ? { items: [1, 2, 3, 4, 5] } : { value: 1 },
    ...facts,
  }));
  const [row] =
    await sql`select engine.report_steps('w', ${sql.json(reports)}, ${claimed}, 15000) -> 'claimed' as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}
const keys = (held: ClaimedStep[]): string[] => held.map(({ stepKey }) => stepKey).toSorted();
const pass = async (seconds: number): Promise<unknown> => sql`
  select set_config('engine.clock_offset', (current_setting('engine.clock_offset')::interval
    + make_interval(secs => ${seconds}))::text, false)`;
async function waits(): Promise<string[]> {
  const rows = await sql<{ wait: string }[]>`
    select step_key || ' ' || (waiting_for ->> 'ref') as wait from public.steps where status = 'waiting' order by 1`;
  return rows.map(({ wait }) => wait);
}

it("lets so many attempts use a connection at once, over all runs, and the next when one ends", async () => {
  await limit({ maxParallel: 2 });
  for (let n = 0; n < 3; n += 1) await start();
  const held = await claim();
  expect(keys(held)).toEqual(["call", "call", "plain", "plain", "plain"]);
  expect(await waits()).toEqual(["call connection:api"]);
  expect(await claim()).toEqual([]);
  expect(keys(await report(held.filter(({ stepKey }) => stepKey === "call").slice(0, 1), {}, 5))).toEqual([
    "call",
  ]);
});

it("holds a map's calls to a connection's limit and finishes them all", async () => {
  await limit({ maxParallel: 2 });
  const run = await start([...mapOver("each", [caller("call")])]);
  let most = 0;
  for (let held = await claim(); held.length > 0;) {
    most = Math.max(most, held.filter(({ stepKey }) => stepKey === "call").length);
    const [one, ...others] = held;
    held = [...others, ...(await report(one ? [one] : [], {}, 10))];
    if (held.length === 0) held = await claim();
  }
  expect(most).toBe(2);
  expect(await sql`select status from public.runs where id = ${run}`).toEqual([{ status: "succeeded" }]);
});

it("begins so many attempts per time and gives the others their turn", async () => {
  await limit({ max: 2, per: "minute" });
  for (let n = 0; n < 5; n += 1) await start([caller("call")]);
  await report(await claim());
  expect(await claim()).toEqual([]);
  await pass(61);
  const second = await claim();
  expect(second).toHaveLength(2);
  await report(second);
  await pass(61);
  expect(await claim()).toHaveLength(1);
});

it("leaves a server alone for as long as it asked one of its callers", async () => {
  await limit({ maxParallel: 5 });
  await start([caller("one"), caller("two")]);
  const [first] = await claim(1);
  await report(first ? [first] : [], {
    outcome: "failed",
    error: { class: "rate_limited", code: "http_429", message: "Slow down.", retryAfterMs: 30_000 },
  });
  expect(await claim()).toEqual([]);
  await pass(31);
  expect(keys(await claim())).toEqual(["one", "two"]);
});

it("keeps nobody waiting behind what a dead worker left and its connection holds back", async () => {
  await limit({ maxParallel: 5 });
  await start([caller("call")]);
  expect(keys(await claim())).toEqual(["call"]);
  await pass(20);
  await sql`update public.connections set held_until = engine.now() + interval '1 hour'`;
  await start([step("plain")]);
  expect(keys(await claim())).toEqual(["plain"]);
  await pass(3_600);
  expect(keys(await claim())).toEqual(["call", "plain"]);
});

it("gives back the place of an attempt whose worker died", async () => {
  await limit({ maxParallel: 1 });
  await start([caller("call")]);
  await start([caller("call")]);
  expect(await claim()).toHaveLength(1);
  await pass(20);
  const [again] = await claim();
  expect([again?.attempt, await waits()]).toEqual([2, ["call connection:api"]]);
});

it("lets waiting steps go when the limit is taken away", async () => {
  await limit({ maxParallel: 1 });
  await start([caller("one"), caller("two")]);
  expect(await claim()).toHaveLength(1);
  await limit(null);
  expect(keys(await claim())).toEqual(["two"]);
});

it("looks at no connection of steps that use none with limits", async () => {
  await limit(null);
  await start();
  expect(
    await sql`select step_key from engine.plan_steps where workspace_id = ${stage.workspaceId} and gated`,
  ).toEqual([]);
  expect(keys(await claim())).toEqual(["call", "plain"]);
  expect(await sql`select from engine.connection_uses`).toEqual([]);
});
