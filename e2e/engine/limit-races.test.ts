// Flow control with eight workers at once: never more than a limit admitted, nothing left behind, also when workers die.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { ClaimedStep, ReportAnswer } from "../../src/core/worker.ts";
import { type TestDatabase, createTestDatabase } from "../database.ts";
import { planOf } from "./plan-of.ts";
import { asUser } from "./play.ts";
import { step } from "./scenario.ts";
import { type Stage, setStage } from "./stage.ts";

const invariants = readFileSync(join(import.meta.dirname, "../../supabase/tests/invariants.sql"), "utf8");
const steps = [step("a"), step("b", { after: ["a"] }), step("c", { after: ["b"] })];

let database: TestDatabase;
let sql: postgres.Sql;
let stage: Stage;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 12, onnotice: () => {} });
  stage = await setStage(sql);
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

async function claim(worker: string): Promise<ClaimedStep[]> {
  const [row] = await sql`select engine.claim_steps(${worker}, 5, 15000) as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}

async function report(worker: string, held: ClaimedStep[]): Promise<ClaimedStep[]> {
  const reports = held.map(({ runId, stepKey, itemPath, attempt }) => ({
    runId,
    stepKey,
    itemPath,
    attempt,
    outcome: "succeeded",
    output: {},
  }));
  const [row] = await sql`select engine.report_steps(${worker}, ${sql.json(reports)}, 5, 15000) as answer`;
  return ReportAnswer.parse(row?.["answer"]).claimed;
}

async function startAll(workflow: string, inputs: JsonObject[]): Promise<void> {
  for (const input of inputs)
    await sql`select engine.start_run_as(${stage.userId}, ${workflow}, ${sql.json(input)}, '{}')`;
}

/** Runs of a workflow that are unfinished. */
async function openRuns(workflow: string): Promise<number> {
  const [row] = await sql<
    { n: number }[]
  >`select count(*)::int as n from public.runs where workflow_id = ${workflow} and finished_at is null`;
  return row?.n ?? 0;
}

/** Works until no run of the workflow is open; every third claim it dies with what it holds, once `mayDie`. */
async function work(worker: string, workflow: string, mayDie: boolean): Promise<void> {
  let claims = 0;
  for (let held: ClaimedStep[] = []; ;) {
    if (held.length > 0) {
      held = await report(worker, held);
      continue;
    }
    if ((await openRuns(workflow)) === 0) return;
    await sql`select engine.sweep()`;
    held = await claim(worker);
    claims += 1;
    if (mayDie && held.length > 0 && claims % 7 === 0) {
      // Its lease is over at once, as if its worker had died fifteen seconds ago. What another died of already it reports: three deaths are poison.
      const alive: ClaimedStep[] = [];
      for (const one of held) {
        const { count } = await sql`update public.steps set lease_until = now() where run_id = ${one.runId}
          and step_key = ${one.stepKey} and attempt = ${one.attempt} and status = 'running' and crashes = 0`;
        if (count === 0) alive.push(one);
      }
      held = alive;
    }
  }
}

/** The most runs of one key that were admitted at any moment, by their first claim and their end. */
async function mostAtOnce(workflow: string): Promise<number> {
  const [row] = await sql<{ most: number }[]>`
    select max(level)::int as most from (
      select sum(change) over (partition by limit_key order by at, change) as level from (
        select limit_key, started_at as at, 1 as change from public.runs where workflow_id = ${workflow}
        union all
        select limit_key, finished_at, -1 from public.runs where workflow_id = ${workflow}
      ) as moves
    ) as levels`;
  return row?.most ?? 0;
}

const eight = Array.from({ length: 8 }, (_, n) => `w${n}`);

it.each([
  ["while every worker lives", false],
  ["while workers die", true],
])("never admits more runs of a key than its limit %s, and finishes every run", async (_, mayDie) => {
  const settings = { concurrency: { key: "input.k", parts: [{ path: ["k"] }], limit: 3, whenFull: "queue" } };
  const workflow = await stage.publish(`keyed-${mayDie}`, planOf({ steps, settings }, "Keyed"));
  await startAll(
    workflow,
    Array.from({ length: 40 }, (_, n) => ({ k: n % 2 === 0 ? "even" : "odd" })),
  );
  await Promise.all(eight.map(async (worker) => work(worker, workflow, mayDie)));
  expect(await mostAtOnce(workflow)).toBeLessThanOrEqual(3);
  expect(
    await sql`select status, count(*)::int from public.runs where workflow_id = ${workflow} group by status`,
  ).toEqual([{ status: "succeeded", count: 40 }]);
  expect(await sql`select id from public.runs where admitted_at is not null`).toEqual([]);
  expect(await sql.unsafe(invariants)).toEqual([]);
});

it("never admits more runs in a lane than its limit", async () => {
  await sql`update public.lanes set wip_limit = 2 where workspace_id = ${stage.workspaceId} and name = 'A'`;
  const workflow = await stage.publish("laned", planOf({ steps }, "Laned"));
  await startAll(
    workflow,
    Array.from({ length: 30 }, () => ({})),
  );
  await Promise.all(eight.map(async (worker) => work(worker, workflow, true)));
  expect(await mostAtOnce(workflow)).toBeLessThanOrEqual(2);
  expect(await sql.unsafe(invariants)).toEqual([]);
  await sql`update public.lanes set wip_limit = null where workspace_id = ${stage.workspaceId}`;
});

it("never admits more runs in any window than a rate limit, and admits them all", async () => {
  const settings = { rateLimit: { max: 5, per: "second" } };
  const workflow = await stage.publish("rated", planOf({ steps: [step("a")], settings }, "Rated"));
  await startAll(
    workflow,
    Array.from({ length: 12 }, () => ({})),
  );
  await Promise.all(eight.map(async (worker) => work(worker, workflow, false)));
  const [row] = await sql<{ most: number }[]>`
    select max(level)::int as most from (
      select count(*) over (order by started_at range between interval '999 ms' preceding and current row) as level
      from public.runs where workflow_id = ${workflow}) as levels`;
  expect(row?.most).toBeLessThanOrEqual(5);
  expect(await sql.unsafe(invariants)).toEqual([]);
});

it("keeps one run of a key open however many starts ask at once, when the others are refused", async () => {
  const settings = {
    concurrency: { key: '"all"', parts: [{ literal: "all" }], limit: 1, whenFull: "refuse" },
  };
  const workflow = await stage.publish("refusing", planOf({ steps, settings }, "Refusing"));
  const answers = await Promise.allSettled(
    eight.map(async () => asUser(sql, stage, (tx) => tx`select public.start_run(${workflow}) as answer`)),
  );
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await openRuns(workflow)).toBe(1);
});

it("makes one run of starts that debounce, however many come at once", async () => {
  const settings = { debounce: { key: '"all"', parts: [{ literal: "all" }], ms: 60_000 } };
  const workflow = await stage.publish("quiet", planOf({ steps, settings }, "Quiet"));
  const answers = await Promise.all(
    eight.map(async () =>
      asUser<{ run_id: string }>(sql, stage, (tx) => tx`select public.start_run(${workflow}) as answer`),
    ),
  );
  expect(new Set(answers.map((answer) => answer.run_id)).size).toBe(1);
});

it("neither deadlocks nor loses a step when runs are paused and resumed while they are worked on", async () => {
  const workflow = await stage.publish("paused", planOf({ steps }, "Paused"));
  await startAll(
    workflow,
    Array.from({ length: 20 }, () => ({})),
  );
  const runs = await sql<{ id: string }[]>`select id from public.runs where workflow_id = ${workflow}`;
  const toggling = (async () => {
    for (const verb of ["pause_run", "resume_run", "pause_run", "resume_run"])
      for (const { id } of runs)
        await asUser(sql, stage, (tx) => tx`select public.${sql(verb)}(${id}) as answer`).catch(
          (error: { code: string }) => expect(error.code).toBe("RB409"),
        );
  })();
  await Promise.all([toggling, ...eight.map(async (worker) => work(worker, workflow, false))]);
  expect(
    await sql`select status, count(*)::int from public.runs where workflow_id = ${workflow} group by status`,
  ).toEqual([{ status: "succeeded", count: 20 }]);
  expect(await sql.unsafe(invariants)).toEqual([]);
});
