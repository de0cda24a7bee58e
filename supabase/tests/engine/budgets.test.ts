// Budgets are reserved before they are spent, settled by reports, given back by attempts that end otherwise, and raised by people.
import { expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import { ClaimedStep } from "../../../src/core/worker.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { sql, stage } from "./clocked-stage.ts";

async function start(budgets: JsonObject, options: JsonObject = {}): Promise<string> {
  const plan = planOf({ steps: [step("one"), step("two")], settings: { budgets } }, "Spender");
  const workflow = await stage.publish("spender", plan);
  const answer = await asUser<{ run_id: string }>(
    sql,
    stage,
    (tx) => tx`select public.start_run(${workflow}, '{}', ${sql.json(options)}) as answer`,
  );
  return answer.run_id;
}
async function claim(): Promise<ClaimedStep[]> {
  const [row] = await sql`select engine.claim_steps('w', 10, 15000) as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}
async function reserve(held: ClaimedStep | undefined, wanted: JsonObject): Promise<unknown> {
  const [row] = await sql`
    select engine.reserve_budget(${held?.runId ?? ""}, ${held?.stepKey ?? ""}, '{}', ${held?.attempt ?? 0}, ${sql.json(wanted)}) as answer`;
  return row?.["answer"];
}
async function report(held: ClaimedStep | undefined, facts: JsonObject): Promise<void> {
  if (!held) throw new Error("Nothing is held.");
  const { runId, stepKey, itemPath, attempt } = held;
  await sql`select engine.report_steps('w', ${sql.json([{ runId, stepKey, itemPath, attempt, ...facts }])}, 0, 15000)`;
}
const asked = (tokensIn: number, tokensOut: number): JsonObject => ({
  outcome: "succeeded",
  output: {},
  calls: [
    {
      n: 1,
      kind: "llm",
      host: "m",
      startedAt: "2026-01-01T00:00:00.000Z",
      llm: { provider: "p", model: "m", tokensIn, tokensOut, costUsd: 0.01 },
    },
  ],
});
const parked = (budget: string, amount: number, until?: string): JsonObject => ({
  outcome: "parked",
  park: { for: "budget", budget, amount, ...(until === undefined ? {} : { until }) },
});
const topUp = async (run: string, budgets: JsonObject): Promise<{ budgets: JsonObject }> =>
  asUser(sql, stage, (tx) => tx`select public.top_up_run(${run}, ${sql.json(budgets)}) as answer`);
async function waitOf(run: string): Promise<unknown> {
  const [row] = await sql`select status, waiting_for from public.runs where id = ${run}`;
  return row;
}

it("tells the worker which budgets a run has, and nothing where it has none", async () => {
  await start({ tokens: 100, calls: 3 });
  expect((await claim())[0]?.budgeted).toEqual(["calls", "tokens"]);
});

it("grants what is left after what was reported and what others hold", async () => {
  await start({ tokens: 100 });
  const [one, two] = await claim();
  expect(await reserve(one, { tokens: 60 })).toEqual({ granted: true });
  // The other holds 60 of 100: it may give some back, so it is worth asking again.
  expect(await reserve(two, { tokens: 50 })).toMatchObject({ granted: false, budget: "tokens", amount: 100 });
  expect(await reserve(two, { tokens: 50 })).toHaveProperty("until");
  expect(await reserve(two, { tokens: 40 })).toEqual({ granted: true });
  await report(one, asked(10, 10));
  expect(await reserve(two, { tokens: 80 })).toEqual({ granted: true });
  const over = await reserve(two, { tokens: 81 });
  expect(over).toEqual({ granted: false, budget: "tokens", amount: 100 });
});

it("replaces what an attempt held, and forgets it when its worker dies", async () => {
  await start({ calls: 10 });
  const [one, two] = await claim();
  expect(await reserve(one, { calls: 6 })).toEqual({ granted: true });
  expect(await reserve(one, { calls: 9 })).toEqual({ granted: true });
  expect(await reserve(two, { calls: 2 })).toMatchObject({ granted: false });
  await sql`update public.steps set lease_until = now() - interval '1 s' where step_key = 'one'`;
  const [again] = await claim();
  expect(again?.stepKey).toBe("one");
  expect(await reserve(two, { calls: 10 })).toEqual({ granted: true });
  // The dead one has no say any more.
  expect(await reserve(one, { calls: 1 })).toEqual({ granted: false });
});

it("lets a step wait for its budget without using up an attempt, and go on after a top-up", async () => {
  const run = await start({ tokens: 100 });
  const [one, two] = await claim();
  await report(two, asked(50, 40));
  await report(one, { ...parked("tokens", 100), calls: [] });
  expect(await waitOf(run)).toEqual({ status: "waiting", waiting_for: { kind: "budget", ref: "tokens" } });
  expect(await claim()).toEqual([]);
  expect(await topUp(run, { tokens: 400 })).toEqual({ budgets: { tokens: 500 } });
  const [again] = await claim();
  expect([again?.stepKey, again?.attempt, again?.tries]).toEqual(["one", 2, 1]);
});

it("does not strand a step whose budget was topped up while its refusal was under way", async () => {
  const run = await start({ tokens: 100 });
  const [one] = await claim();
  await topUp(run, { tokens: 1 });
  await report(one, parked("tokens", 100));
  expect((await claim()).map(({ stepKey }) => stepKey)).toEqual(["one"]);
});

it("asks again by itself where only others held the budget", async () => {
  const run = await start({ tokens: 100 });
  const [one, two] = await claim();
  await report(one, parked("tokens", 100, new Date(Date.now() + 2_000).toISOString()));
  await report(two, asked(1, 1));
  expect(await waitOf(run)).toMatchObject({ status: "waiting", waiting_for: { kind: "budget" } });
  await sql`select set_config('engine.clock_offset', '3 s', false)`;
  expect((await claim()).map(({ stepKey }) => stepKey)).toEqual(["one"]);
});

it("announces when four fifths of a budget are gone, once", async () => {
  const run = await start({ tokens: 100 });
  const [one] = await claim();
  await reserve(one, { tokens: 79 });
  await reserve(one, { tokens: 80 });
  await reserve(one, { tokens: 90 });
  const warnings = await sql`
    select data ->> 'budgetWarning' as warning from public.run_events
    where run_id = ${run} and kind = 'run.updated' and data ? 'budgetWarning'`;
  expect([...warnings]).toEqual([{ warning: "tokens" }]);
});

it("takes the smaller of the workflow's budgets and those of the start", async () => {
  const run = await start({ tokens: 100, calls: 5 }, { budgets: { tokens: 300, calls: 2, costUsd: 1 } });
  expect(await sql`select budgets from public.runs where id = ${run}`).toEqual([
    { budgets: { tokens: 100, calls: 2, costUsd: 1 } },
  ]);
  await expect(start({ tokens: 1 }, { budgets: { gold: 1 } })).rejects.toMatchObject({ code: "RB422" });
});

it("counts the time of all attempts against activeMs", async () => {
  await start({ activeMs: 10_000 });
  const [one] = await claim();
  expect(await reserve(one, { calls: 1 })).toEqual({ granted: true });
  await sql`select set_config('engine.clock_offset', '6 s', false)`;
  // Two attempts of six seconds each.
  expect(await reserve(one, { calls: 1 })).toEqual({ granted: false, budget: "activeMs", amount: 10_000 });
});

it("raises no budget a run does not have, and none of an ended run", async () => {
  const run = await start({ tokens: 100 });
  await expect(topUp(run, { costUsd: 1 })).rejects.toMatchObject({ code: "RB422" });
  await asUser(sql, stage, (tx) => tx`select public.cancel_run(${run}) as answer`);
  await expect(topUp(run, { tokens: 1 })).rejects.toMatchObject({ code: "RB409" });
});

it("refuses starts beyond the workspace's limit of unfinished runs, and takes them again when some have ended", async () => {
  await asUser(
    sql,
    stage,
    (tx) => tx`select public.set_workspace(${stage.workspaceId}, '{"max_open_runs": 2}') as answer`,
  );
  const first = await start({ tokens: 1 });
  await start({ tokens: 1 });
  await expect(start({ tokens: 1 })).rejects.toMatchObject({
    code: "RB429",
    message: "This workspace has 2 unfinished runs, as many as it may have.",
  });
  await asUser(sql, stage, (tx) => tx`select public.cancel_run(${first}) as answer`);
  await start({ tokens: 1 });
});
