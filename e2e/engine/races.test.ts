// Several workers and people at once, on connections of their own: nothing is granted twice, nothing deadlocks, one decision wins.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ClaimedStep, ReportAnswer } from "../../src/core/worker.ts";
import { type TestDatabase, createTestDatabase } from "../database.ts";
import { planOf } from "./plan-of.ts";
import { asUser } from "./play.ts";
import { mapOver, parks, scenario, step } from "./scenario.ts";
import { type Stage, setStage } from "./stage.ts";

const invariants = readFileSync(join(import.meta.dirname, "../../supabase/tests/invariants.sql"), "utf8");
const chain = scenario({
  steps: [step("a"), step("b", { after: ["a"] }), step("c", { after: ["b"] })],
  ends: "succeeded",
});

let database: TestDatabase;
let sql: postgres.Sql;
let stage: Stage;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 10, onnotice: () => {} });
  stage = await setStage(sql);
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

async function start(workflowId: string, count: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select engine.start_run_as(${stage.userId}, ${workflowId}, '{}', '{}') ->> 'run_id' as id from generate_series(1, ${count})`;
  return rows.map(({ id }) => id);
}

async function claim(worker: string, limit: number): Promise<ClaimedStep[]> {
  const [row] = await sql`select engine.claim_steps(${worker}, ${limit}, 15000) as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}

async function report(worker: string, steps: ClaimedStep[], extra: object = {}): Promise<ReportAnswer> {
  const reports = steps.map(({ runId, stepKey, itemPath, attempt, role }) => ({
    runId,
    stepKey,
    itemPath,
    attempt,
    outcome: "succeeded",
    output: role === "split" ? { items: [1, 2, 3] } : { value: 1 },
    ...extra,
  }));
  const [row] = await sql`select engine.report_steps(${worker}, ${sql.json(reports)}, 10, 15000) as answer`;
  return ReportAnswer.parse(row?.["answer"]);
}

/** Works until nothing is left, as a worker does; returns every attempt it was given. */
async function work(worker: string): Promise<string[]> {
  const given: string[] = [];
  let held = await claim(worker, 5);
  for (let empty = 0; empty < 3 || held.length > 0;) {
    given.push(...held.map((one) => `${one.runId} ${one.stepKey} ${one.itemPath.join()} ${one.attempt}`));
    if (held.length === 0) {
      empty += 1;
      held = await claim(worker, 5);
    } else held = (await report(worker, held)).claimed;
  }
  return given;
}

it("gives a step to one of two workers that ask at once", async () => {
  await start(await stage.publish("one", planOf({ steps: [step("only")] }, "One")), 1);
  const [mine, theirs] = await Promise.all([claim("w1", 5), claim("w2", 5)]);
  expect(mine.length + theirs.length).toBe(1);
  await report("w1", [...mine, ...theirs]);
});

it("grants no attempt twice to eight workers and finishes every run", async () => {
  const workflowId = await stage.publish(
    "many",
    planOf({ steps: [step("top"), ...mapOver("each", [step("work")], { after: ["top"] })] }, "Many"),
  );
  const runs = await start(workflowId, 20);
  const given = (await Promise.all(Array.from({ length: 8 }, async (_, n) => work(`w${n}`)))).flat();
  expect(new Set(given).size).toBe(given.length);
  const ended =
    await sql`select status, count(*)::int from public.runs where id = any(${runs}) group by status`;
  expect(ended).toEqual([{ status: "succeeded", count: 20 }]);
  expect(await sql.unsafe(invariants)).toEqual([]);
});

it("does not deadlock when runs are cancelled while their steps are reported", async () => {
  const runs = await start(await stage.publish("cancel", planOf(chain, "Cancel")), 30);
  const held = await claim("w1", 30);
  const answers = await Promise.all([
    report("w1", held.slice(0, 15)),
    report("w1", held.slice(15)),
    ...runs.map(async (run) => {
      await asUser(sql, stage, (tx) => tx`select public.cancel_run(${run}) as answer`);
    }),
  ]);
  await report(
    "w1",
    answers.flatMap((answer) => answer?.claimed ?? []),
  );
  await work("w1");
  const ended = await sql<
    { status: string }[]
  >`select distinct status from public.runs where id = any(${runs})`;
  expect(ended.map(({ status }) => status)).toEqual(["cancelled"]);
  expect(await sql.unsafe(invariants)).toEqual([]);
});

it("lets one of four simultaneous decisions win", async () => {
  const workflowId = await stage.publish("ask", planOf({ steps: [step("ask")] }, "Ask"));
  const [run = ""] = await start(workflowId, 1);
  const question = parks({
    for: "approval",
    title: "Go?",
    approvers: { roles: ["operator"], users: [], quorum: 1 },
    onTimeout: "fail",
  });
  await report("w1", await claim("w1", 5), {
    outcome: "parked",
    output: undefined,
    ...("park" in question ? { park: question.park } : {}),
  });
  const [open] = await sql<{ id: string }[]>`select id from public.approvals where run_id = ${run}`;
  const verdicts = ["approved", "rejected", "approved", "rejected"];
  const answers = await Promise.allSettled(
    verdicts.map(async (verdict) =>
      asUser(sql, stage, (tx) => tx`select public.decide_approval(${open?.id ?? ""}, ${verdict}) as answer`),
    ),
  );
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await sql`select status from public.runs where id = ${run}`).toEqual([{ status: "succeeded" }]);
});

it("starts one run for one idempotency key however many ask at once", async () => {
  const workflowId = await stage.publish("idempotent", planOf(chain, "Idempotent"));
  const options = sql.json({ idempotency_key: "order 7" });
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () =>
      asUser<{ run_id: string; existing: boolean }>(
        sql,
        stage,
        (tx) => tx`select public.start_run(${workflowId}, '{"n": 1}', ${options}) as answer`,
      ),
    ),
  );
  expect(new Set(answers.map((answer) => answer.run_id)).size).toBe(1);
  expect(answers.filter((answer) => !answer.existing)).toHaveLength(1);
  await expect(
    asUser(sql, stage, (tx) => tx`select public.start_run(${workflowId}, '{"n": 2}', ${options}) as answer`),
  ).rejects.toMatchObject({ code: "RB409" });
});

it("says of a lease whose run was busy that it is held and was not renewed", async () => {
  const [run] = await start(await stage.publish("busy", planOf({ steps: [step("only")] }, "Busy")), 1);
  const held = (await claim("w1", 5)).filter(({ runId }) => runId === run);
  const lease = held.map(({ runId, stepKey, itemPath, attempt }) => ({ runId, stepKey, itemPath, attempt }));
  const beat = async () => {
    const [row] = await sql`select engine.heartbeat('w1', ${sql.json(lease)}, 15000) as beats`;
    return row?.["beats"];
  };
  await sql.begin(async (tx) => {
    await tx`select from public.runs where id = ${held[0]?.runId ?? ""} for no key update`;
    expect(await beat()).toMatchObject([{ held: true, renewed: false, cancelRequested: false }]);
  });
  expect(await beat()).toMatchObject([{ held: true, renewed: true }]);
  await report("w1", held);
  expect(await beat()).toMatchObject([{ held: false, renewed: false }]);
});
