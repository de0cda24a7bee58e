// Steps that a worker does ahead of the record: which may be, and what counts of them.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { type StepSpec, step } from "../../../e2e/engine/scenario.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { ClaimedStep, ReportAnswer, shareRows } from "../../../src/core/worker.ts";

let database: TestDatabase;
let stage: Stage;
beforeAll(async () => {
  database = await createTestDatabase();
  stage = await setStage(database.sql);
});
afterAll(() => database.drop());

let count = 0;

/** Starts a run of these steps and claims its first. */
async function claim(steps: StepSpec[], input: JsonObject = {}): Promise<ClaimedStep> {
  const slug = `ahead-${count++}`;
  const workflow = await stage.publish(slug, planOf({ steps }, slug));
  const { run_id: run } = await asUser<{ run_id: string }>(
    database.sql,
    stage,
    (tx) => tx`select public.start_run(${workflow}, ${tx.json(input)}) as answer`,
  );
  const [row] = await database.sql`select engine.claim_steps('w', 50, 15000) as claimed`;
  const [first] = ClaimedStep.array()
    .parse(row?.["claimed"])
    .filter(({ runId }) => runId === run);
  if (!first) throw new Error("Nothing was claimed.");
  return first;
}

async function report(
  { runId, stepKey, itemPath, attempt }: ClaimedStep,
  ahead: JsonObject[],
  more: JsonObject = {},
): Promise<ReportAnswer> {
  const reports = [
    { runId, stepKey, itemPath, attempt, outcome: "succeeded", output: { n: 0 }, ahead, ...more },
  ];
  const [row] =
    await database.sql`select engine.report_steps('w', ${database.sql.json(reports)}, 10, 15000) as answer`;
  return ReportAnswer.parse(row?.["answer"]);
}

const keysAhead = (claimed: ClaimedStep) => claimed.following?.map(({ stepKey }) => stepKey) ?? [];
const statuses = async ({ runId }: ClaimedStep) =>
  Object.fromEntries(
    (await database.sql`select step_key, status from public.steps where run_id = ${runId} order by rank`).map(
      (row) => [row["step_key"], row["status"]],
    ),
  );
const chain = [step("a"), step("b", { after: ["a"] }), step("c", { after: ["b"] })];

it("offers the pure steps that follow in a row, and stops before one that waits for more, forks, changes something or is checked", async () => {
  expect(keysAhead(await claim(chain))).toEqual(["b", "c"]);
  expect(
    keysAhead(await claim([...chain, step("d", { after: ["c"] }), step("e", { after: ["c"] })])),
  ).toEqual(["b", "c"]);
  const joined = [...chain, step("x", { after: ["a"] }), step("d", { after: ["c", "x"] })];
  expect(keysAhead(await claim(joined))).toEqual([]);
  expect(keysAhead(await claim([step("a"), step("b", { after: ["a"], effect: "idempotent" })]))).toEqual([]);
  const checked = {
    name: "ok",
    kind: "expr",
    config: { expr: "true" },
    required: true,
    timeoutMs: 1_000,
  } as const;
  expect(keysAhead(await claim([step("a"), step("b", { after: ["a"], verifiers: [checked] })]))).toEqual([]);
  expect(keysAhead(await claim([step("a", { effect: "read" }), ...chain.slice(1)]))).toEqual([]);
});

it("gives each of them what it reads from outside of the row, and the names of what it reads within", async () => {
  const claimed = await claim(
    [
      step("before", { effect: "read" }),
      step("a", { after: ["before"] }),
      step("b", {
        after: ["a"],
        reads: ["steps.before.output.n", "steps.a.output.n", "input.id", "vars.limit"],
      }),
    ],
    { id: "x", unread: 1 },
  );
  const { claimed: followed } = await report(claimed, []);
  expect(followed[0]?.following).toEqual([
    expect.objectContaining({ stepKey: "b", reads: [{ step: "a", part: "output", port: "n" }] }),
  ]);
  expect(followed[0]?.followingScopes).toEqual([
    { steps: { before: { output: { n: 0 } } }, input: { id: "x" }, vars: { limit: 1_000 } },
  ]);
});

it("gives no scopes where they read nothing but each other", async () => {
  expect(
    (await claim([step("a"), step("b", { after: ["a"], reads: ["steps.a.output.n"] })])).followingScopes,
  ).toEqual([]);
  expect((await claim([step("a", { effect: "read" })])).followingScopes).toBeUndefined();
});

it("says once what several runs may do ahead, and gives each its own scopes", async () => {
  const slug = `ahead-${count++}`;
  const steps = [step("a"), step("b", { after: ["a"], reads: ["input.id"] })];
  const workflow = await stage.publish(slug, planOf({ steps }, slug));
  for (const id of ["x", "y"])
    await asUser(
      database.sql,
      stage,
      (tx) => tx`select public.start_run(${workflow}, ${tx.json({ id })}) as answer`,
    );
  const [row] = await database.sql`select engine.claim_steps('w', 50, 15000) as claimed`;
  const claimed = ClaimedStep.array().parse(row?.["claimed"]);
  expect(claimed.map(keysAhead).toSorted((a, b) => a.length - b.length)).toEqual([[], ["b"]]);
  expect(shareRows(claimed).map(keysAhead)).toEqual([["b"], ["b"]]);
  expect(claimed.map(({ followingScopes }) => followingScopes)).toEqual(
    expect.arrayContaining([[{ input: { id: "x" } }], [{ input: { id: "y" } }]]),
  );
});

it("records every one of them as an attempt of its own, in order, and ends the run with the last", async () => {
  const claimed = await claim(chain);
  await report(claimed, [
    { stepKey: "b", output: { n: 1 }, inputs: { of: "b" }, activeMs: 7 },
    { stepKey: "c", output: { n: 2 } },
  ]);
  const { runId } = claimed;
  expect(
    await database.sql`select kind, step_key, attempt from public.run_events where run_id = ${runId} order by seq`,
  ).toEqual([
    { kind: "run.queued", step_key: null, attempt: null },
    { kind: "run.started", step_key: null, attempt: null },
    { kind: "step.started", step_key: "a", attempt: 1 },
    { kind: "step.succeeded", step_key: "a", attempt: 1 },
    { kind: "step.succeeded", step_key: "b", attempt: 1 },
    { kind: "step.succeeded", step_key: "c", attempt: 1 },
    { kind: "run.succeeded", step_key: null, attempt: null },
  ]);
  expect(
    await database.sql`
      select step_key, n, outcome, worker, active_ms::int, finished_at is not null as ended from public.attempts
      where run_id = ${runId} order by step_key`,
  ).toEqual([
    { step_key: "a", n: 1, outcome: "succeeded", worker: "w", active_ms: 0, ended: true },
    { step_key: "b", n: 1, outcome: "succeeded", worker: "w", active_ms: 7, ended: true },
    { step_key: "c", n: 1, outcome: "succeeded", worker: "w", active_ms: 0, ended: true },
  ]);
  expect(
    await database.sql`select step_key, output from public.step_payloads where run_id = ${runId} order by step_key`,
  ).toEqual([
    { step_key: "a", output: { n: 0 } },
    { step_key: "b", output: { n: 1 } },
    { step_key: "c", output: { n: 2 } },
  ]);
  expect(
    await database.sql`select inputs from public.attempt_payloads where run_id = ${runId} and step_key = 'b'`,
  ).toEqual([{ inputs: { of: "b" } }]);
  const [run] = await database.sql`select status, counts from public.runs where id = ${runId}`;
  expect(run).toMatchObject({ status: "succeeded", counts: { succeeded: 3, running: 0, pending: 0 } });
});

it("goes on where the row ended: what follows is ready, or claimed with the answer", async () => {
  const claimed = await claim([...chain, step("d", { after: ["c"], effect: "read" })]);
  const answer = await report(claimed, [{ stepKey: "b" }, { stepKey: "c" }]);
  expect(answer.claimed.map(({ stepKey }) => stepKey)).toEqual(["d"]);
  expect(await statuses(claimed)).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded", d: "running" });
});

it("counts none of them when the claimed step's report is stale", async () => {
  const claimed = await claim(chain);
  const { results } = await report({ ...claimed, attempt: 9 }, [{ stepKey: "b" }]);
  expect(results[0]?.counted).toBe(false);
  expect(await statuses(claimed)).toEqual({ a: "running", b: "pending", c: "pending" });
});

it("counts none of them when the run is to end", async () => {
  const claimed = await claim(chain);
  await asUser(database.sql, stage, (tx) => tx`select public.cancel_run(${claimed.runId}) as answer`);
  await report(claimed, [{ stepKey: "b" }, { stepKey: "c" }]);
  expect(await statuses(claimed)).toEqual({ a: "succeeded", b: "cancelled", c: "cancelled" });
});

it("leaves out a step that is not the next of the row, and all after it", async () => {
  const claimed = await claim(chain);
  const { claimed: followed } = await report(claimed, [{ stepKey: "c" }, { stepKey: "b" }]);
  expect(followed.map(({ stepKey }) => stepKey)).toEqual(["b"]);
  expect(await statuses(claimed)).toEqual({ a: "succeeded", b: "running", c: "pending" });
});

it("leaves out a step whose way was not chosen", async () => {
  const claimed = await claim([step("a"), step("b", { after: [{ step: "a", port: "yes" }] })]);
  expect(claimed.following?.[0]?.after).toBe("yes");
  await report(claimed, [{ stepKey: "b" }], { port: "no" });
  expect(await statuses(claimed)).toEqual({ a: "succeeded", b: "skipped" });
});

it("leaves a step alone that does not wait any more, and still counts the claimed one", async () => {
  const claimed = await claim(chain);
  await database.sql`
    update public.steps set status = 'cancelled', last_move = 'step.cancelled', finished_at = now()
    where run_id = ${claimed.runId} and step_key = 'b'`;
  const { results } = await report(claimed, [{ stepKey: "b" }, { stepKey: "c" }]);
  expect(results[0]?.counted).toBe(true);
  expect(await statuses(claimed)).toMatchObject({ a: "succeeded", b: "cancelled" });
});

it("takes one step at a time where another report of the call failed", async () => {
  const [one, other] = [await claim(chain), await claim(chain)];
  const reports = [
    { ...only(one), outcome: "succeeded", output: {}, ahead: [{ stepKey: "b" }] },
    { ...only(other), outcome: "failed", error: { class: "permanent", code: "no", message: "No." } },
  ];
  await database.sql`select engine.report_steps('w', ${database.sql.json(reports)}, 10, 15000)`;
  expect(await statuses(one)).toEqual({ a: "succeeded", b: "running", c: "pending" });
});

it("offers nothing in a run with budgets, whose spending is asked for step by step", async () => {
  const slug = `ahead-${count++}`;
  const workflow = await stage.publish(slug, planOf({ steps: chain }, slug));
  await asUser(
    database.sql,
    stage,
    (tx) => tx`select public.start_run(${workflow}, '{}', '{"budgets": {"activeMs": 1000}}') as answer`,
  );
  const [row] = await database.sql`select engine.claim_steps('w', 50, 15000) as claimed`;
  expect(ClaimedStep.array().parse(row?.["claimed"]).map(keysAhead)).toEqual([[]]);
});

function only({ runId, stepKey, itemPath, attempt }: ClaimedStep) {
  return { runId, stepKey, itemPath, attempt };
}
