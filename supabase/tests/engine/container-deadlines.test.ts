// The deadline of a map or repeat: from the start of its split over all its items or turns.
import postgres from "postgres";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { type StepSpec, mapOver, step } from "../../../e2e/engine/scenario.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { ClaimedStep, ReportAnswer } from "../../../src/core/worker.ts";

let database: TestDatabase;
let sql: postgres.Sql;
let stage: Stage;
beforeEach(async () => {
  database = await createTestDatabase();
  // One connection: its clock is moved.
  sql = postgres(database.url, { max: 1, onnotice: () => {} });
  stage = await setStage(sql);
});
afterEach(async () => {
  await sql.end();
  await database.drop();
});

async function start(steps: StepSpec[]): Promise<string> {
  const workflow = await stage.publish("main", planOf({ steps }, "Main"));
  const { run_id: run } = await asUser<{ run_id: string }>(
    sql,
    stage,
    (tx) => tx`select public.start_run(${workflow}) as answer`,
  );
  return run;
}
async function claim(): Promise<ClaimedStep[]> {
  const [row] = await sql`select engine.claim_steps('w', 10, 3600000) as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}
async function report(
  { runId, stepKey, itemPath, attempt }: ClaimedStep,
  said: JsonObject = { output: {} },
): Promise<ReportAnswer> {
  const reports = [{ runId, stepKey, itemPath, attempt, outcome: "succeeded", ...said }];
  const [row] = await sql`select engine.report_steps('w', ${sql.json(reports)}, 10, 3600000) as answer`;
  return ReportAnswer.parse(row?.["answer"]);
}
async function sweepAt(seconds: number): Promise<void> {
  await sql`select set_config('engine.clock_offset', ${`${seconds} seconds`}, false)`;
  await sql`select engine.sweep()`;
}
async function statuses(run: string): Promise<Record<string, string>> {
  const rows = await sql<{ name: string; status: string }[]>`
    select step_key || array_to_string(item_path, ',') as name, status from public.steps where run_id = ${run} order by 1`;
  return Object.fromEntries(rows.map(({ name, status }) => [name, status]));
}
const two = { output: { items: ["a", "b"] } };

it("counts from the split's start, cancels what is under way, and refuses its late report", async () => {
  const run = await start(mapOver("each", [step("work", { effect: "read" })], { deadlineMs: 60_000 }));
  const [split] = await claim();
  if (!split) throw new Error("Nothing was claimed.");
  await sql`select set_config('engine.clock_offset', '50 seconds', false)`;
  const { claimed } = await report(split, two);
  expect(claimed.map(({ stepKey }) => stepKey)).toEqual(["work", "work"]);
  await sweepAt(59);
  expect(await statuses(run)).toMatchObject({ each: "pending", work0: "running" });
  await sweepAt(61);
  expect(await statuses(run)).toEqual({
    each: "failed",
    each__split: "succeeded",
    each__item0: "cancelled",
    each__item1: "cancelled",
    work0: "cancelled",
    work1: "cancelled",
  });
  expect(await sql`select status, error - 'hint' as error from public.runs where id = ${run}`).toEqual([
    {
      status: "failed",
      error: {
        class: "permanent",
        code: "deadline",
        message: "0 of 2 items had ended when its deadline passed, which covers all items.",
        step: "each",
      },
    },
  ]);
  const late = await Promise.all(claimed.map((one) => report(one)));
  expect(late.flatMap(({ results }) => results.map(({ counted }) => counted))).toEqual([false, false]);
});

it("keeps what was done ahead of the record, and a retry repeats the rest under a new deadline", async () => {
  const run = await start(mapOver("each", [step("work")], { deadlineMs: 60_000 }));
  const [split] = await claim();
  if (!split) throw new Error("Nothing was claimed.");
  expect(split.following?.length).toBeGreaterThan(0);
  const ahead: JsonObject[] = [
    { stepKey: "work", index: 0, output: {} },
    { stepKey: "each__item", index: 0, output: { value: "A" } },
  ];
  await report(split, { ...two, ahead });
  await sweepAt(61);
  expect(await statuses(run)).toMatchObject({ each: "failed", each__item0: "succeeded", work1: "cancelled" });
  await asUser(sql, stage, (tx) => tx`select public.retry_run(${run}) as answer`);
  await sweepAt(110);
  expect(await statuses(run)).toMatchObject({ each: "pending", each__item0: "succeeded", work1: "ready" });
  const [due] = await sql<{ seconds: number }[]>`
    select extract(epoch from deadline_at - engine.now())::float8 as seconds from public.steps where run_id = ${run} and step_key = 'each'`;
  expect(due?.seconds).toBeGreaterThan(5);
  expect(due?.seconds).toBeLessThanOrEqual(11);
  await sweepAt(122);
  expect(await statuses(run)).toMatchObject({ each: "failed", each__item0: "succeeded", work1: "cancelled" });
});

it("asks a person about what an at_most_once step of an item did before it is repeated", async () => {
  const run = await start(
    mapOver("each", [step("mail", { effect: "at_most_once" })], { deadlineMs: 60_000 }),
  );
  const [split] = await claim();
  if (!split) throw new Error("Nothing was claimed.");
  const { claimed } = await report(split, { output: { items: ["a"] } });
  const [mail] = claimed;
  if (!mail) throw new Error("The item was not handed out.");
  await sql`select engine.mark_started(${run}, 'mail', '{0}', ${mail.attempt})`;
  await sweepAt(61);
  expect(await sql`select error ->> 'code' as code from public.steps where step_key = 'mail'`).toEqual([
    { code: "outcome_unknown" },
  ]);
  await asUser(sql, stage, (tx) => tx`select public.retry_run(${run}) as answer`);
  expect(await sql`select waiting_for ->> 'kind' as kind from public.steps where step_key = 'mail'`).toEqual([
    { kind: "reconcile" },
  ]);
});

it("goes with the container around it, which is late as well", async () => {
  const inner = mapOver("inner", [step("work")], { within: "outer", deadlineMs: 60_000 });
  const run = await start(mapOver("outer", inner, { deadlineMs: 60_000 }));
  const [outer] = await claim();
  if (!outer) throw new Error("Nothing was claimed.");
  const { claimed } = await report(outer, { output: { items: ["a"] } });
  for (const split of claimed) await report(split, two);
  await sweepAt(70);
  expect(await statuses(run)).toMatchObject({ outer: "failed", inner0: "cancelled", "work0,0": "cancelled" });
});
