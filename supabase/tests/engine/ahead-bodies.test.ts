// Bodies of maps that a worker does right after the split, ahead of the record: which may be, and what counts of them.
import { expect, it } from "vitest";
import { asUser } from "../../../e2e/engine/play.ts";
import { type StepSpec, mapOver, repeatOf, step } from "../../../e2e/engine/scenario.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import {
  bodyKeys,
  claim,
  database,
  folded,
  instances,
  report,
  result,
  stage,
  statuses,
  useBodyScene,
  work,
} from "./body-scene.ts";

useBodyScene();

const checked = {
  name: "ok",
  kind: "expr",
  config: { expr: "true" },
  required: true,
  timeoutMs: 1_000,
} as const;

it("offers with the split a body that is one row of pure steps up to the item's result", async () => {
  const row = [step("work"), step("then", { after: ["work"] })];
  expect(bodyKeys(await claim(mapOver("each", row)))).toEqual(["work", "then", "each__item"]);
  expect(bodyKeys(await claim(mapOver("each", [])))).toEqual(["each__item"]);
});

it.each<[string, StepSpec[]]>([
  ["changes something", mapOver("each", [step("work", { effect: "idempotent" })])],
  ["reads from outside of the installation", mapOver("each", [step("work", { effect: "read" })])],
  ["is checked", mapOver("each", [step("work", { verifiers: [checked] })])],
  ["has a deadline", mapOver("each", [step("work", { deadlineMs: 1_000 })])],
  ["has two ways", mapOver("each", [step("work"), step("other")])],
  ["is a map in the map", mapOver("each", mapOver("inner", [step("work")], { within: "each" }))],
  [
    "waits for a failure",
    mapOver("each", [step("work"), step("then", { after: [{ step: "work", on: "failed" }] })]),
  ],
  ["is a repeat's", repeatOf("each", [step("work")])],
])("offers no body that %s", async (_, steps) => {
  expect(bodyKeys(await claim(steps))).toEqual([]);
});

it("offers no body that waits for a step outside of the map", async () => {
  const steps = [
    step("before", { effect: "read" }),
    ...mapOver("each", [step("work", { after: ["before"] })], { after: ["before"] }),
  ];
  const [split] = await report(await claim(steps), { output: {} });
  expect(split?.stepKey).toBe("each__split");
  expect(split && bodyKeys(split)).toEqual([]);
});

it("offers no body in a run with budgets", async () => {
  expect(bodyKeys(await claim(mapOver("each", [step("work")]), { budgets: { activeMs: 1_000 } }))).toEqual(
    [],
  );
});

it("gives the body what it reads from outside of the map; the item and its place are the worker's to fill in", async () => {
  const reads = ["steps.before.output.n", "item.name", "index", "input.id", "vars.limit"];
  const [split] = await report(
    await claim([
      step("before", { effect: "read" }),
      ...mapOver("each", [step("work", { reads })], { after: ["before"] }),
    ]),
    { output: { n: 7 } },
  );
  expect(split?.following?.[0]).toMatchObject({ stepKey: "work", reads: [] });
  expect(split?.followingScopes?.[0]).toEqual({
    steps: { before: { output: { n: 7 } } },
    item: null,
    index: null,
    input: { id: "x" },
    vars: { limit: 1_000 },
  });
  expect(split?.following?.[1]).toMatchObject({ stepKey: "each__item", role: "item" });
});

it("records every step of every item, and ends the map with their results", async () => {
  const split = await claim([...mapOver("each", [step("work")]), step("after", { after: ["each"] })]);
  const claimed = await report(split, {
    output: { items: ["a", "b"] },
    ahead: [work(0, { inputs: { of: "a" }, activeMs: 7 }), result(0), work(1), result(1)],
  });
  expect(instances(claimed)).toEqual(["after[]"]);
  const { runId } = split;
  expect(
    await database.sql`
      select kind, step_key, item_path, attempt from public.run_events where run_id = ${runId} and kind <> 'run.queued' order by seq`,
  ).toEqual([
    { kind: "run.started", step_key: null, item_path: null, attempt: null },
    { kind: "step.started", step_key: "each__split", item_path: [], attempt: 1 },
    { kind: "step.succeeded", step_key: "each__split", item_path: [], attempt: 1 },
    { kind: "step.succeeded", step_key: "work", item_path: [0], attempt: 1 },
    { kind: "step.succeeded", step_key: "work", item_path: [1], attempt: 1 },
    { kind: "step.succeeded", step_key: "each__item", item_path: [0], attempt: 0 },
    { kind: "step.succeeded", step_key: "each__item", item_path: [1], attempt: 0 },
    { kind: "step.succeeded", step_key: "each", item_path: [], attempt: 0 },
    { kind: "step.started", step_key: "after", item_path: [], attempt: 1 },
  ]);
  expect(
    await database.sql`
      select step_key, item_path, n, outcome, worker, active_ms::int from public.attempts
      where run_id = ${runId} and item_path <> '{}' order by step_key, item_path`,
  ).toEqual([
    { step_key: "work", item_path: [0], n: 1, outcome: "succeeded", worker: "w", active_ms: 7 },
    { step_key: "work", item_path: [1], n: 1, outcome: "succeeded", worker: "w", active_ms: 0 },
  ]);
  expect(
    await database.sql`select item_path, inputs from public.attempt_payloads where run_id = ${runId} and step_key = 'work'`,
  ).toEqual([{ item_path: [0], inputs: { of: "a" } }]);
  expect(
    await database.sql`select step_key, output from public.step_payloads where run_id = ${runId} order by step_key, item_path`,
  ).toEqual([
    { step_key: "each", output: { items: [0, 10], failed: [], count: 2 } },
    { step_key: "each__item", output: { value: 0 } },
    { step_key: "each__item", output: { value: 10 } },
    { step_key: "each__split", output: { count: 2 } },
    { step_key: "work", output: { n: 0 } },
    { step_key: "work", output: { n: 1 } },
  ]);
  const [run] = await database.sql`select counts from public.runs where id = ${runId}`;
  expect(run?.["counts"]).toMatchObject({ total: 7, succeeded: 6, running: 1, pending: 0, ready: 0 });
});

it("starts the items that are not among them as ever, and the map waits for those", async () => {
  const split = await claim(mapOver("each", [step("work")], { concurrency: 1 }));
  const claimed = await report(split, {
    output: { items: ["a", "b", "c", "d"] },
    ahead: [work(0), result(0), work(2), result(2)],
  });
  expect(instances(claimed)).toEqual(["work[1]"]);
  expect(claimed[0]?.scope).toEqual({});
  expect(await statuses(split)).toEqual({
    each: "pending",
    each__split: "succeeded",
    "work 0": "succeeded",
    "each__item 0": "succeeded",
    "work 1": "running",
    "each__item 1": "pending",
    "work 2": "succeeded",
    "each__item 2": "succeeded",
    "work 3": "pending",
    "each__item 3": "pending",
  });
  expect(await folded(split)).toEqual(await statuses(split));
  expect(
    await database.sql`
      select kind, step_key, item_path from public.run_events
      where run_id = ${split.runId} and item_path <> '{}' and kind <> 'step.succeeded' order by seq`,
  ).toEqual([
    { kind: "step.ready", step_key: "work", item_path: [1] },
    { kind: "step.started", step_key: "work", item_path: [1] },
  ]);
  for (let held = claimed; held[0] !== undefined;) {
    const { stepKey, itemPath } = held[0];
    held = await report(held[0], {
      output: stepKey === "work" ? {} : { value: `late ${String(itemPath[0])}` },
    });
  }
  const [map] = await database.sql`
    select output from public.step_payloads where run_id = ${split.runId} and step_key = 'each'`;
  expect(map?.["output"]).toEqual({ items: [0, "late 1", 20, "late 3"], failed: [], count: 4 });
});

it.each<[string, JsonObject[]]>([
  ["without its result", [work(1)]],
  ["without the step before its result", [result(1)]],
  ["in another order", [result(1), work(1)]],
  ["with a step that is not the body's", [work(1), { stepKey: "other", index: 1, output: {} }]],
  ["said twice", [work(1), result(1), work(1), result(1)]],
])("leaves an item to be claimed that came %s", async (_, said) => {
  const split = await claim(mapOver("each", [step("work")]));
  const claimed = await report(split, {
    output: { items: ["a", "b"] },
    ahead: [work(0), result(0), ...said],
  });
  expect(instances(claimed)).toEqual(["work[1]"]);
  expect(await statuses(split)).toMatchObject({
    "work 0": "succeeded",
    "work 1": "running",
    each: "pending",
  });
});

it("leaves an item to be claimed whose way was not chosen", async () => {
  const body = [step("work"), step("then", { after: [{ step: "work", port: "yes" }] })];
  const split = await claim(mapOver("each", body));
  expect(split.following?.map(({ after }) => after)).toEqual([undefined, "yes", undefined]);
  const then = (index: number) => ({ stepKey: "then", index, output: {} });
  const ahead = [work(0, { port: "yes" }), then(0), result(0), work(1, { port: "no" }), then(1), result(1)];
  expect(instances(await report(split, { output: { items: ["a", "b"] }, ahead }))).toEqual(["work[1]"]);
});

it("knows no item beyond the list", async () => {
  const split = await claim(mapOver("each", [step("work")]));
  await report(split, { output: { items: ["a"] }, ahead: [work(0), result(0), work(1), result(1)] });
  expect(await statuses(split)).toEqual({
    each__split: "succeeded",
    each: "succeeded",
    "work 0": "succeeded",
    "each__item 0": "succeeded",
  });
});

it("counts none of them when the run is to end", async () => {
  const split = await claim(mapOver("each", [step("work")]));
  await asUser(database.sql, stage, (tx) => tx`select public.cancel_run(${split.runId}) as answer`);
  await report(split, { output: { items: ["a"] }, ahead: [work(0), result(0)] });
  expect(await statuses(split)).toEqual({ each__split: "succeeded", each: "cancelled" });
});

it("counts none of them when the split's report is stale", async () => {
  const split = await claim(mapOver("each", [step("work")]));
  await report({ ...split, attempt: 9 }, { output: { items: ["a"] }, ahead: [work(0), result(0)] });
  expect(await statuses(split)).toEqual({ each__split: "running", each: "pending" });
});

it("does the body of a map in a map for each of its outer items", async () => {
  const split = await claim(mapOver("outer", mapOver("each", [step("work")], { within: "outer" })));
  const inner = await report(split, { output: { items: ["a", "b"] } });
  expect(instances(inner)).toEqual(["each__split[0]", "each__split[1]"]);
  for (const one of inner)
    await report(one, { output: { items: [1, 2] }, ahead: [work(0), result(0), work(1), result(1)] });
  expect(await statuses(split)).toMatchObject({
    "each 0": "succeeded",
    "each 1": "succeeded",
    "work 0 1": "succeeded",
    "work 1 0": "succeeded",
    "each__item 1 1": "succeeded",
  });
});
