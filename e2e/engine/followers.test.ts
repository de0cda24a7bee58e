import { afterEach, beforeEach, expect, test } from "vitest";
import { openTriggerScene, triggered, type TriggerScene } from "../servers/trigger-scene.ts";

let scene: TriggerScene;
beforeEach(async () => {
  scene = await openTriggerScene();
});
afterEach(() => scene.close());

const first = (settings: object = {}) => triggered("trigger-manual", {}, { settings });
const after = (workflow: string, on: string, more: object = {}) =>
  triggered("trigger-workflow", { workflow, on }, more);
const started = async () => (await scene.runs()).map(({ slug }) => slug);
const start = async (workflow: string) => await scene.start(workflow, { note: "hello" });

test.each([
  ["succeeded", "succeeded", 1],
  ["succeeded", "failed", 0],
  ["failed", "failed", 1],
  ["failed", "succeeded", 0],
  ["succeeded", "finished", 1],
  ["failed", "finished", 1],
] as const)("a run that %s starts what waits for %s: %i", async (status, on, count) => {
  const one = await scene.publish("first", first());
  await scene.publish("second", after("first", on));
  const run = await start(one);
  await scene.endRuns(status);
  expect(await scene.look()).toBe(count);
  expect(await scene.look()).toBe(0);
  const [, follower] = await scene.runs();
  if (count === 1)
    expect(follower?.["trigger"]).toMatchObject({ kind: "workflow", key: "begin", run, depth: 1 });
});

test("a cancelled run starts nothing", async () => {
  const one = await scene.publish("first", first());
  await scene.publish("second", after("first", "finished"));
  const run = await start(one);
  await scene.db.asUser(scene.userId)`select public.cancel_run(${run})`;
  expect(await scene.look()).toBe(0);
});

test("the follower gets the run's output, and what its map takes of it", async () => {
  const one = await scene.publish("first", first());
  await scene.publish("second", after("first", "finished"));
  const mapped = triggered("trigger-workflow", { workflow: "first", on: "finished" }) as {
    nodes: { inputs?: object }[];
  };
  mapped.nodes[0]!.inputs = { note: { template: "{{ event.workflow }} {{ event.status }}" } };
  await scene.publish("third", mapped);
  await start(one);
  await scene.db.sql`update public.step_payloads set output = '{"value": {"note": "from the first"}}'`;
  await scene.endRuns("succeeded");
  await scene.db.sql`update public.run_payloads set output = '{"note": "given"}'`;
  await scene.look();
  const given = (await scene.runs()).slice(1).map(({ slug, input }) => [slug, input]);
  expect(given.sort()).toEqual([
    ["second", { note: "given" }],
    ["third", { note: "first succeeded" }],
  ]);
});

test("a failed run tells its error workflow what happened", async () => {
  await scene.publish(
    "alarm",
    triggered("trigger-manual", {}, { input: { type: "object", properties: {} } }),
  );
  const one = await scene.publish("first", first({ errorWorkflow: "alarm" }));
  const run = await start(one);
  await scene.endRuns("failed");
  expect(await scene.look()).toBe(1);
  const alarm = (await scene.runs()).find(({ slug }) => slug === "alarm");
  expect(alarm?.["input"]).toEqual({
    run,
    workflow: "first",
    title: "first",
    error: { class: "permanent", code: "boom", message: "It broke." },
    failedSteps: [],
    input: { note: "hello" },
  });
  expect(alarm?.["trigger"]).toMatchObject({ kind: "workflow", run, onError: true });
});

test("the failure of an error workflow is told to nobody, itself least of all", async () => {
  await scene.publish("spare", triggered("trigger-manual", {}));
  await scene.publish("alarm", first({ errorWorkflow: "spare" }));
  const one = await scene.publish("first", first({ errorWorkflow: "alarm" }));
  await start(one);
  await scene.endRuns("failed");
  await scene.look();
  await scene.endRuns("failed");
  expect(await scene.look()).toBe(0);
  expect(await started()).toEqual(["first", "alarm"]);
});

test("workflows that start each other stop ten deep", async () => {
  const one = await scene.publish("first", first());
  await scene.publish("second", after("first", "finished"));
  await scene.publish("loop", after("second", "finished"));
  await scene.db.sql`
    insert into public.triggers (workspace_id, workflow_id, key, kind, config, compiled, source_id)
    select workspace_id, (select id from public.workflows where slug = 'second'), 'again', kind, config, compiled,
      (select id from public.workflows where slug = 'loop')
    from public.triggers limit 1`;
  await start(one);
  for (let round = 0; round < 15; round++) {
    await scene.endRuns("succeeded");
    await scene.look();
  }
  expect((await started()).length).toBe(11);
});

test("a run that fails again after a retry is told again", async () => {
  await scene.publish("alarm", triggered("trigger-manual", {}));
  const one = await scene.publish("first", first({ errorWorkflow: "alarm" }));
  const run = await start(one);
  await scene.endRuns("failed");
  await scene.look();
  await scene.endRuns("succeeded");
  await scene.db.asUser(scene.userId)`select public.retry_run(${run}, 'resume')`;
  await scene.endRuns("failed");
  expect(await scene.look()).toBe(1);
});

test("the word of a failure is there from the moment the run is closed, also when no worker lives to see it", async () => {
  await scene.publish("alarm", triggered("trigger-manual", {}));
  const one = await scene.publish("first", first({ errorWorkflow: "alarm" }));
  await start(one);
  await scene.endRuns("failed");
  expect((await scene.firings()).map(({ status, trigger_id }) => [status, trigger_id])).toEqual([
    ["pending", null],
  ]);
});

test("a firing whose worker died is handed out again, and starts its run once", async () => {
  await scene.publish("alarm", triggered("trigger-manual", {}));
  const one = await scene.publish("first", first({ errorWorkflow: "alarm" }));
  await start(one);
  await scene.endRuns("failed");
  const [opened] = await scene.triggers.openFirings(10);
  expect(await scene.look()).toBe(0);
  await scene.clock("1 minute");
  expect(await scene.look()).toBe(1);
  expect(await scene.triggers.fireTrigger(opened!.id, { version: 1, input: {} })).toEqual({
    outcome: "closed",
  });
  expect(await started()).toEqual(["first", "alarm"]);
});

test("what does not fit closes the firing with the reason", async () => {
  const one = await scene.publish("first", first());
  const strict = { input: { type: "object", required: ["note"], properties: { note: { type: "string" } } } };
  await scene.publish("second", after("first", "finished", strict));
  await start(one);
  await scene.endRuns("failed");
  expect(await scene.look()).toBe(0);
  const [firing] = await scene.firings();
  expect(firing).toMatchObject({
    status: "failed",
    error: {
      code: "input_invalid",
      message:
        "The event does not give the input this workflow asks for. note: This is required, and it is missing.",
    },
  });
});

test("firings closed a month ago are removed, younger ones stay", async () => {
  await scene.publish("alarm", triggered("trigger-manual", {}));
  const one = await scene.publish("first", first({ errorWorkflow: "alarm" }));
  await start(one);
  await scene.endRuns("failed");
  await scene.look();
  await scene.clock("29 days");
  await scene.look();
  expect((await scene.firings()).length).toBe(1);
  await scene.clock("31 days");
  await scene.look();
  expect((await scene.firings()).length).toBe(0);
});
