// Who is woken when a step becomes ready.
import { expect, it } from "vitest";
import { step } from "../../../e2e/engine/scenario.ts";
import { sql, stage } from "./plain-stage.ts";
import { publish, start, work } from "./verbs-scene.ts";

it("wakes a sleeping worker once, and nobody when nobody sleeps", async () => {
  const workflow = await publish("wake", [step("a")]);
  const heard: string[] = [];
  const listener = await sql.listen("runboard_wake", (payload) => heard.push(payload));
  await start(workflow);
  await sql`select engine.worker_idle('sleeper')`;
  await start(workflow);
  await start(workflow);
  await sql`select 1`;
  await expect.poll(() => heard.length).toBe(1);
  await listener.unlisten();
  expect(await sql`select sleeping from engine.workers where worker = 'sleeper'`).toEqual([
    { sleeping: false },
  ]);
});

it("wakes a worker with slow steps under way only when none is idle, and does not call it asleep", async () => {
  const workflow = await publish("wake-busy", [step("a")]);
  const heard: string[] = [];
  const listener = await sql.listen("runboard_wake", (payload) => heard.push(payload));
  await sql`update engine.workers set sleeping = false, looks_until = null`;
  await sql`insert into engine.workers (worker, hears) values ('busy', true), ('idle', true)`;
  const asleep = async () => (await sql`select engine.metrics() -> 'workers' -> 'asleep' as n`)[0]?.["n"];
  await sql`select engine.worker_idle('busy', true)`;
  expect(await asleep()).toBe(0);
  await sql`select engine.worker_idle('idle', false)`;
  expect(await asleep()).toBe(1);
  await start(workflow);
  await sql`update engine.workers set looks_until = null`;
  await start(workflow);
  await expect.poll(() => heard).toEqual(["idle", "busy"]);
  await listener.unlisten();
});

it("wakes nobody else while the one it woke looks anyway, and the next when that one has no room left", async () => {
  const workflow = await publish("wake-next", [step("a")]);
  const heard: string[] = [];
  const listener = await sql.listen("runboard_wake", (payload) => heard.push(payload));
  await sql`delete from engine.workers`;
  await sql`insert into engine.workers (worker, hears) values ('w1', true), ('w2', true)`;
  for (const worker of ["w1", "w2"]) await sql`select engine.worker_idle(${worker})`;
  // As in a burst: nobody has looked yet when the second start commits.
  await sql.begin(async (tx) => {
    for (let n = 0; n < 3; n += 1)
      await tx`select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}')`;
  });
  await expect.poll(() => heard.length).toBe(1);
  const [woken] = heard;
  await sql`update engine.workers set looks_until = clock_timestamp() + interval '15 ms' where worker = ${woken ?? ""}`;
  await sql`select engine.claim_steps(${woken ?? ""}, 1, 60000)`;
  await expect.poll(() => heard.length).toBe(2);
  expect(new Set(heard)).toEqual(new Set(["w1", "w2"]));
  await listener.unlisten();
});

it("says that a worker with room looks again, so that its reports and claims wake nobody", async () => {
  const heard: string[] = [];
  const listener = await sql.listen("runboard_wake", (payload) => heard.push(payload));
  await sql`delete from engine.workers`;
  await sql`insert into engine.workers (worker, hears, sleeping) values ('w1', true, false), ('w2', true, true)`;
  await work();
  await sql`select engine.claim_steps('w1', 5, 60000)`;
  expect(
    await sql`select looks_until > now() - interval '1 minute' as looks from engine.workers where worker = 'w1'`,
  ).toEqual([{ looks: true }]);
  expect(heard).toEqual([]);
  await listener.unlisten();
});
