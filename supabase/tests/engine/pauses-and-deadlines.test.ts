// Pauses and deadlines: what is held says so, goes on when it may, and ends when it must.
import { expect, it } from "vitest";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { sql, stage } from "./clocked-stage.ts";
import {
  customer,
  publish,
  start,
  verb,
  claim,
  report,
  stateOf,
  pass,
  runsOf,
  sweep,
  nextDueMs,
} from "./flow-scene.ts";

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
