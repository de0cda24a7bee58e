// Lanes, pauses and parallelism hold runs back at the claim, say so, and let them go on.
import type postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { ClaimedStep } from "../../../src/core/worker.ts";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";

let database: TestDatabase;
let sql: postgres.Sql;
let stage: Stage;
let workflowId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await sql`truncate public.runs cascade`;
  stage = await setStage(sql);
  workflowId = await stage.publish(
    "two",
    planOf({ steps: [step("one"), step("two", { after: ["one"] })] }, "Two"),
  );
});

async function start(options: object = {}, id = workflowId): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    select engine.start_run_as(${stage.userId}, ${id}, '{}', ${JSON.stringify(options)}::text::jsonb) ->> 'run_id' as id`;
  return row?.id ?? "";
}
async function claim(limit = 10): Promise<ClaimedStep[]> {
  const [row] = await sql`select engine.claim_steps('w', ${limit}, 15000) as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}
async function report(steps: ClaimedStep[], claimed = 0): Promise<ClaimedStep[]> {
  const reports = steps.map(({ runId, stepKey, itemPath, attempt }) => ({
    runId,
    stepKey,
    itemPath,
    attempt,
    outcome: "succeeded",
    output: {},
  }));
  const [row] =
    await sql`select engine.report_steps('w', ${sql.json(reports)}, ${claimed}, 15000) -> 'claimed' as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}
async function stateOf(runs: string[]): Promise<unknown[]> {
  const rows = await sql<{ id: string; status: string; kind: string | null }[]>`
    select id, status, waiting_for ->> 'kind' as kind from public.runs where id = any(${runs})`;
  return runs.map(
    (run) =>
      rows.filter(({ id }) => id === run).map(({ status, kind }) => (kind ? `${status} ${kind}` : status))[0],
  );
}

it("runs as many runs in a lane as its limit says, and the next when one ends", async () => {
  await sql`update public.lanes set wip_limit = 2 where workspace_id = ${stage.workspaceId} and name = 'A'`;
  const runs = [await start(), await start(), await start()];
  const held = await claim();
  expect(held.map(({ runId }) => runId).toSorted()).toEqual(runs.slice(0, 2).toSorted());
  expect(await stateOf(runs)).toEqual(["running", "running", "waiting lane"]);
  expect(await claim()).toEqual([]);

  const first = held.find(({ runId }) => runId === runs[0]);
  if (!first) throw new Error("Nothing was claimed.");
  const last = await report([first], 1);
  expect(last.map(({ runId, stepKey }) => [runId, stepKey])).toEqual([[runs[0], "two"]]);
  expect(await stateOf(runs)).toEqual(["running", "running", "waiting lane"]);
  await report(last);
  expect((await claim()).map(({ runId }) => runId)).toEqual([runs[2]]);
  expect(await stateOf(runs)).toEqual(["succeeded", "running", "running"]);
});

it("claims nothing in a paused lane, lets running steps finish, and goes on afterwards", async () => {
  const runs = [await start(), await start({ lane: "B" })];
  const held = await claim(1);
  await sql`update public.lanes set paused = true where workspace_id = ${stage.workspaceId}`;
  expect(await report(held, 5)).toEqual([]);
  expect(await claim()).toEqual([]);
  expect(await stateOf(runs)).toEqual(["waiting lane", "waiting lane"]);
  await sql`update public.lanes set paused = false where workspace_id = ${stage.workspaceId}`;
  expect((await claim()).map(({ stepKey }) => stepKey).toSorted()).toEqual(["one", "two"]);
  expect(await stateOf(runs)).toEqual(["running", "running"]);
});

it("lets a step go when its lane's pause ends, although its run is still at work or waits for something else too", async () => {
  const lanes = (paused: boolean) =>
    sql`update public.lanes set paused = ${paused} where workspace_id = ${stage.workspaceId}`;
  const workflow = await stage.publish("two", planOf({ steps: [step("long"), step("other")] }, "Two"));
  const working = await start({}, workflow);
  await claim(1);
  const asking = await start({ priority: 1 }, workflow);
  const [asked] = await claim(1);
  await lanes(true);
  expect(await claim()).toEqual([]);
  await sql`
    update public.steps set status = 'waiting', last_move = 'step.waiting', waiting_for = '{"kind": "approval"}', lease_until = null
    where (run_id, step_key) = (${asking}, ${asked?.stepKey ?? ""})`;
  await lanes(false);
  const released = await claim();
  expect(released.map(({ runId }) => runId).toSorted()).toEqual([working, asking].toSorted());
});

it("claims nothing of a paused workflow", async () => {
  const runs = [await start()];
  await sql`update public.workflows set status = 'paused' where id = ${workflowId}`;
  expect(await claim()).toEqual([]);
  expect(await stateOf(runs)).toEqual(["waiting limit"]);
  await sql`update public.workflows set status = 'active' where id = ${workflowId}`;
  expect(await claim()).toHaveLength(1);
});

it("keeps a run within its parallelism without hiding the runs behind it", async () => {
  const wide = await stage.publish(
    "wide",
    planOf(
      { steps: Array.from({ length: 5 }, (_, n) => step(`s${n}`)), settings: { maxParallel: 2 } },
      "Wide",
    ),
  );
  const first = await start({}, wide);
  const second = await start();
  const held = await claim(3);
  const perRun = (run: string): number => held.filter(({ runId }) => runId === run).length;
  expect(perRun(first)).toBe(2);
  expect(perRun(second) + (await claim(3)).filter(({ runId }) => runId === second).length).toBe(1);
});

it("claims by priority, then age", async () => {
  const runs = [await start(), await start({ priority: 5 }), await start()];
  expect((await claim(1)).map(({ runId }) => runId)).toEqual([runs[1]]);
  expect((await claim(1)).map(({ runId }) => runId)).toEqual([runs[0]]);
});

it("takes lanes in turn, so that a long queue in one holds up no other", async () => {
  const crowd: string[] = [];
  for (let n = 0; n < 6; n += 1) crowd.push(await start());
  const other = await start({ lane: "B" });
  const urgent = await start({ lane: "A", priority: 1 });
  expect((await claim(1)).map(({ runId }) => runId)).toEqual([urgent]);
  expect((await claim(2)).map(({ runId }) => runId).toSorted()).toEqual([crowd[0], other].toSorted());
  expect((await claim(5)).map(({ runId }) => runId).toSorted()).toEqual(crowd.slice(1).toSorted());
});

it("takes workspaces in turn", async () => {
  for (let n = 0; n < 5; n += 1) await start();
  const other = await setStage(sql);
  const theirs = await other.publish("two", planOf({ steps: [step("one")] }, "Two"));
  await sql`select engine.start_run_as(${other.userId}, ${theirs}, '{}', '{}')`;
  expect((await claim(2)).map(({ workspaceId }) => workspaceId).toSorted()).toEqual(
    [stage.workspaceId, other.workspaceId].toSorted(),
  );
});

it("chooses an idle lane for auto, else the shortest queue", async () => {
  const automatic = await stage.publish(
    "auto",
    planOf({ steps: [step("one")], settings: { lane: "auto" } }, "Auto"),
  );
  const lanes: unknown[] = [];
  for (let n = 0; n < 5; n += 1) {
    const [row] = await sql`select lane from public.runs where id = ${await start({}, automatic)}`;
    lanes.push(row?.["lane"]);
  }
  expect(lanes).toEqual(["A", "B", "C", "D", "A"]);
});

it("lets a run that waits for its lane go when it is moved", async () => {
  await sql`update public.lanes set paused = true where workspace_id = ${stage.workspaceId} and name = 'A'`;
  const run = await start();
  expect(await claim()).toEqual([]);
  await asUser(sql, stage, (tx) => tx`select public.move_run(${run}, 'C') as answer`);
  expect((await claim()).map(({ runId }) => runId)).toEqual([run]);
});

it("fails a run at its deadline and cancels one that does not hear after ten seconds", async () => {
  const late = await start();
  const deaf = await start({ lane: "B" });
  await claim();
  await sql`update public.runs set deadline_at = now() - interval '1 s' where id = ${late}`;
  await sql`update public.runs set cancel_requested_at = now() - interval '11 s', last_move = 'run.updated' where id = ${deaf}`;
  await sql`select engine.sweep()`;
  expect(await stateOf([late, deaf])).toEqual(["failed", "cancelled"]);
  const [error] = await sql`select error ->> 'code' as code from public.runs where id = ${late}`;
  expect(error).toEqual({ code: "deadline" });
});
