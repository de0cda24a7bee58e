// Concurrency per key, rate limits and debounce: what is held says so, and goes on when it may.
import { expect, it } from "vitest";
import { sql } from "./clocked-stage.ts";
import {
  customer,
  publish,
  start,
  startAnswer,
  verb,
  claim,
  finish,
  stateOf,
  pass,
  runsOf,
  sweep,
  nextDueMs,
} from "./flow-scene.ts";

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
  // What lapsed meanwhile comes first, and nothing with it.
  expect(runsOf(await claim()).toSorted()).toEqual(runs.slice(2, 4).toSorted());
  expect(runsOf(await claim())).toEqual([runs[4]]);
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
