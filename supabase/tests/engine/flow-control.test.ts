// Concurrency per key, rate limits, debounce, pauses and deadlines: what is held says so, and goes on when it may.
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import { ClaimedStep } from "../../../src/core/worker.ts";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";

const steps = [step("one"), step("two", { after: ["one"] })];
const customer = { key: "input.customer", parts: [{ path: ["customer"] }] };

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
  await sql`truncate public.runs cascade`;
  await sql`select set_config('engine.clock_offset', '0', false)`;
  stage = await setStage(sql);
});

const publish = async (settings: JsonObject, slug = "main"): Promise<string> =>
  stage.publish(slug, planOf({ steps, settings }, slug));

async function start(workflow: string, input: JsonObject = {}, options: JsonObject = {}): Promise<string> {
  return (await startAnswer(workflow, input, options)).run_id;
}
async function startAnswer(
  workflow: string,
  input: JsonObject = {},
  options: JsonObject = {},
): Promise<{ run_id: string; debounced?: boolean }> {
  return asUser(
    sql,
    stage,
    (tx) => tx`select public.start_run(${workflow}, ${sql.json(input)}, ${sql.json(options)}) as answer`,
  );
}
const verb = async (name: string, run: string): Promise<unknown> =>
  asUser(sql, stage, (tx) => tx`select public.${sql(name)}(${run}) as answer`);
async function claim(limit = 10): Promise<ClaimedStep[]> {
  const [row] = await sql`select engine.claim_steps('w', ${limit}, 15000) as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}
async function report(held: ClaimedStep[], facts: JsonObject = {}, claimed = 0): Promise<ClaimedStep[]> {
  const reports = held.map(({ runId, stepKey, itemPath, attempt }) => ({
    runId,
    stepKey,
    itemPath,
    attempt,
    outcome: "succeeded",
    ...facts,
  }));
  const [row] =
    await sql`select engine.report_steps('w', ${sql.json(reports)}, ${claimed}, 15000) -> 'claimed' as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}
/** Ends a run with its two steps. */
async function finish(run: string, held: ClaimedStep[]): Promise<void> {
  const first = held.filter(({ runId }) => runId === run);
  const second = await report(first, {}, 1);
  await report(second);
}
async function stateOf(runs: string[]): Promise<unknown[]> {
  const rows = await sql<{ id: string; status: string; wait: string | null }[]>`
    select id, status, concat_ws(' ', waiting_for ->> 'kind', waiting_for ->> 'ref') as wait from public.runs where id = any(${runs})`;
  return runs.map((run) => {
    const row = rows.find(({ id }) => id === run);
    return row?.wait ? `${row.status} ${row.wait}` : row?.status;
  });
}
const pass = async (seconds: number): Promise<unknown> => sql`
  select set_config('engine.clock_offset', (current_setting('engine.clock_offset')::interval
    + make_interval(secs => ${seconds}))::text, false)`;
const runsOf = (held: ClaimedStep[]): string[] => held.map(({ runId }) => runId);
const sweep = async (): Promise<unknown> => sql`select engine.sweep()`;
async function nextDueMs(): Promise<number | null> {
  const [row] = await sql<{ ms: string | null }[]>`select engine.next_due_ms() as ms`;
  return row?.ms == null ? null : Number(row.ms);
}

it("admits as many runs of a key as its limit says, and the next one when one ends", async () => {
  const workflow = await publish({ concurrency: { ...customer, limit: 2 } });
  const runs: string[] = [];
  for (let n = 0; n < 4; n += 1) runs.push(await start(workflow, { customer: "acme" }));
  const other = await start(workflow, { customer: "zeta" });
  const held = await claim();
  expect(runsOf(held).toSorted()).toEqual([runs[0], runs[1], other].toSorted());
  expect(await stateOf(runs)).toEqual([
    "running",
    "running",
    "waiting limit key:acme",
    "waiting limit key:acme",
  ]);
  expect(await claim()).toEqual([]);
  await finish(runs[1] ?? "", held);
  expect(runsOf(await claim())).toEqual([runs[2]]);
  expect(await stateOf(runs)).toEqual(["running", "succeeded", "running", "waiting limit key:acme"]);
});

it("gives the place of a cancelled run to the next, by priority", async () => {
  const workflow = await publish({ concurrency: { ...customer, limit: 1 } });
  const first = await start(workflow, { customer: "a" });
  await claim();
  const later = await start(workflow, { customer: "a" });
  const urgent = await start(workflow, { customer: "a" }, { priority: 1 });
  expect(await claim()).toEqual([]);
  await verb("cancel_run", first);
  await pass(11);
  await sweep();
  expect(runsOf(await claim())).toEqual([urgent]);
  expect(await stateOf([first, later])).toEqual(["cancelled", "waiting limit key:a"]);
});

it("refuses a start beyond the limit with a hint when to come back", async () => {
  const workflow = await publish({ concurrency: { ...customer, limit: 1, whenFull: "refuse" } });
  const first = await start(workflow, { customer: "a" });
  await start(workflow, { customer: "b" });
  await expect(start(workflow, { customer: "a" })).rejects.toMatchObject({
    code: "RB429",
    message: 'The key "a" of this workflow has 1 of 1 runs under way.',
  });
  await verb("cancel_run", first);
  expect(await stateOf([await start(workflow, { customer: "a" })])).toEqual(["queued"]);
});

it("cancels the oldest run of a full key", async () => {
  const workflow = await publish({ concurrency: { ...customer, limit: 1, whenFull: "cancel_oldest" } });
  const first = await start(workflow, { customer: "a" });
  const other = await start(workflow, { customer: "b" });
  const second = await start(workflow, { customer: "a" });
  expect(await stateOf([first, other, second])).toEqual(["cancelled", "queued", "queued"]);
});

it("admits no more runs per window than the rate limit says, and gives the others their time", async () => {
  const workflow = await publish({ rateLimit: { max: 2, per: "minute" } });
  const runs: string[] = [];
  for (let n = 0; n < 5; n += 1) runs.push(await start(workflow));
  expect(runsOf(await claim()).toSorted()).toEqual(runs.slice(0, 2).toSorted());
  expect(await stateOf(runs.slice(2))).toEqual(Array(3).fill("waiting limit rate"));
  expect(await claim()).toEqual([]);
  const due = await nextDueMs();
  expect(due).toBeGreaterThan(0);
  // Leases come first; their steps end now.
  await sql`update public.steps set lease_until = lease_until + interval '1 day' where lease_until is not null`;
  expect(await nextDueMs()).toBeGreaterThan(55_000);
  await pass(61);
  expect(runsOf(await claim()).toSorted()).toEqual(runs.slice(2, 4).toSorted());
  await pass(61);
  expect(runsOf(await claim())).toContain(runs[4]);
});

it("counts a rate limit per key", async () => {
  const workflow = await publish({ rateLimit: { ...customer, max: 1, per: "hour" } });
  const runs = [
    await start(workflow, { customer: "a" }),
    await start(workflow, { customer: "b" }),
    await start(workflow, { customer: "a" }),
  ];
  expect(runsOf(await claim()).toSorted()).toEqual(runs.slice(0, 2).toSorted());
});

it("replaces the input of a run that debounces, and starts it once it was quiet for so long", async () => {
  const workflow = await publish({ debounce: { ...customer, ms: 10_000 } });
  const first = await startAnswer(workflow, { customer: "a", n: 1 });
  expect(await claim()).toEqual([]);
  expect(await stateOf([first.run_id])).toEqual(["waiting limit debounce"]);
  await pass(6);
  expect(await startAnswer(workflow, { customer: "a", n: 2 })).toEqual({
    run_id: first.run_id,
    existing: true,
    debounced: true,
  });
  expect((await startAnswer(workflow, { customer: "b" })).run_id).not.toBe(first.run_id);
  await pass(6);
  expect(await claim()).toEqual([]);
  await pass(5);
  expect(runsOf(await claim())).toContain(first.run_id);
  expect(await sql`select input from public.run_payloads where run_id = ${first.run_id}`).toEqual([
    { input: { customer: "a", n: 2 } },
  ]);
  // It has started: the next one is another run.
  expect((await startAnswer(workflow, { customer: "a" })).debounced).toBeUndefined();
});

it("holds a paused run back: what runs ends, nothing else is claimed until it is resumed", async () => {
  const workflow = await publish({});
  const run = await start(workflow);
  const held = await claim();
  await verb("pause_run", run);
  expect(await report(held, {}, 5)).toEqual([]);
  expect(await claim()).toEqual([]);
  expect(await stateOf([run])).toEqual(["waiting limit pause"]);
  await verb("resume_run", run);
  expect((await claim()).map(({ stepKey }) => stepKey)).toEqual(["two"]);
  expect(await stateOf([run])).toEqual(["running"]);
});

it("pauses a run nobody has started, and one that waits for its retry", async () => {
  const workflow = await publish({});
  const queued = await start(workflow);
  await verb("pause_run", queued);
  expect(await stateOf([queued])).toEqual(["waiting limit pause"]);
  const failing = await start(workflow);
  await report(await claim(), { outcome: "failed", error: { class: "transient", code: "x", message: "x" } });
  await verb("pause_run", failing);
  await pass(3_600);
  expect(await claim()).toEqual([]);
  expect(await stateOf([failing])).toEqual(["waiting limit pause"]);
  expect(await nextDueMs()).toBeNull();
  await verb("resume_run", failing);
  const [again] = await claim();
  expect([again?.attempt, again?.tries]).toEqual([2, 2]);
});

it("does not let a paused run's dead worker hide what is due behind it", async () => {
  const workflow = await publish({});
  const run = await start(workflow);
  await claim();
  await verb("pause_run", run);
  await pass(20);
  expect(await claim()).toEqual([]);
  expect(await stateOf([run])).toEqual(["waiting limit pause"]);
  await verb("resume_run", run);
  const [again] = await claim();
  expect([again?.attempt, again?.tries]).toEqual([2, 1]);
});

it.each(["a pause of the run", "its paused lane"])(
  "asks about what may happen once and whose worker died, although %s holds its run back",
  async (hold) => {
    const mail = [step("mail", { effect: "at_most_once" }), step("other")];
    const run = await start(await stage.publish("mail", planOf({ steps: mail }, "mail")));
    const [mine] = (await claim(2)).filter(({ stepKey }) => stepKey === "mail");
    await sql`select engine.mark_started(${run}, 'mail', '{}', ${mine?.attempt ?? 0})`;
    await pass(20);
    const lanesPaused = (paused: boolean) =>
      sql`update public.lanes set paused = ${paused} where workspace_id = ${stage.workspaceId}`;
    if (hold === "its paused lane") await lanesPaused(true);
    else await verb("pause_run", run);
    // One at a time, so that the run is held back while its other steps have not been looked at.
    for (let n = 0; n < 3; n += 1) await claim(1);
    if (hold === "its paused lane") await lanesPaused(false);
    else await verb("resume_run", run);
    await sweep();
    expect((await claim()).map(({ stepKey }) => stepKey)).not.toContain("mail");
    expect(
      await sql`select waiting_for ->> 'kind' as wait from public.steps where run_id = ${run} and step_key = 'mail'`,
    ).toEqual([{ wait: "reconcile" }]);
  },
);

it("leaves a run paused by a person alone when its workflow goes on", async () => {
  const workflow = await publish({});
  const [mine, theirs] = [await start(workflow), await start(workflow)];
  await verb("pause_run", mine);
  await sql`update public.workflows set status = 'paused' where id = ${workflow}`;
  expect(await claim()).toEqual([]);
  expect(await stateOf([mine, theirs])).toEqual(["waiting limit pause", "waiting limit pause"]);
  await sql`update public.workflows set status = 'active' where id = ${workflow}`;
  expect(runsOf(await claim())).toEqual([theirs]);
});

it("fails at its deadline a run that is held, and gives its place back", async () => {
  const workflow = await publish({ concurrency: { ...customer, limit: 1 }, deadlineMs: 60_000 });
  const runs = [await start(workflow, { customer: "a" }), await start(workflow, { customer: "a" })];
  await claim();
  const queued = await start(await publish({ deadlineMs: 60_000 }, "queued"));
  await pass(61);
  await sweep();
  expect(await stateOf([...runs, queued])).toEqual(["failed", "failed", "failed"]);
  const next = await start(workflow, { customer: "a" });
  expect(runsOf(await claim())).toEqual([next]);
});

it("fails a step at its deadline while it runs, and refuses its late report", async () => {
  const workflow = await stage.publish(
    "step",
    planOf({ steps: [step("slow", { deadlineMs: 5_000 })] }, "Step"),
  );
  const run = await start(workflow);
  const held = await claim();
  await pass(6);
  await sweep();
  expect(await sql`select status, error ->> 'code' as code from public.runs where id = ${run}`).toEqual([
    { status: "failed", code: "deadline" },
  ]);
  expect(await sql`select outcome from public.attempts where run_id = ${run}`).toEqual([
    { outcome: "failed" },
  ]);
  await report(held);
  expect(await stateOf([run])).toEqual(["failed"]);
});
