// Portions of a map's body that a worker records while the split is still under way.
import { expect, it } from "vitest";
import { asUser } from "../../../e2e/engine/play.ts";
import { mapOver, step } from "../../../e2e/engine/scenario.ts";
import { ClaimedStep } from "../../../src/core/worker.ts";
import {
  claim,
  database,
  folded,
  instances,
  record,
  report,
  result,
  stage,
  statuses,
  useBodyScene,
  work,
} from "./body-scene.ts";

useBodyScene();

it("records portions of a large map while its split is under way, and the rest with its report", async () => {
  const split = await claim(mapOver("each", [step("work")], { concurrency: 1 }));
  expect(await record(split, 4, [work(0), result(0)])).toBe(true);
  expect(await record(split, 4, [work(2), result(2)])).toBe(true);
  expect(await statuses(split)).toEqual({
    each: "pending",
    each__split: "running",
    "work 0": "succeeded",
    "each__item 0": "succeeded",
    "work 2": "succeeded",
    "each__item 2": "succeeded",
  });
  const claimed = await report(split, {
    output: { items: ["a", "b", "c", "d"] },
    ahead: [work(3), result(3)],
  });
  expect(instances(claimed)).toEqual(["work[1]"]);
  expect(await folded(split)).toEqual(await statuses(split));
  const [map] = await database.sql`
    select items_total, items_done, items_started from public.steps where run_id = ${split.runId} and step_key = 'each'`;
  expect(map).toEqual({ items_total: 4, items_done: 3, items_started: 4 });
});

it("ends a map of which everything was recorded on the way", async () => {
  const split = await claim(mapOver("each", [step("work")]));
  await record(split, 2, [work(0), result(0), work(1), result(1)]);
  await report(split, { output: { items: ["a", "b"] } });
  const [run] = await database.sql`select status, counts from public.runs where id = ${split.runId}`;
  expect(run).toMatchObject({ status: "succeeded", counts: { total: 6, succeeded: 6 } });
});

it("records no portion beyond the list", async () => {
  const split = await claim(mapOver("each", [step("work")]));
  await record(split, 1, [work(1), result(1)]);
  expect(await statuses(split)).toEqual({ each__split: "running", each: "pending" });
});

it("records no portion for an attempt that is not the current one, nor for a run that is to end", async () => {
  const split = await claim(mapOver("each", [step("work")]));
  expect(await record({ ...split, attempt: 9 }, 1, [work(0), result(0)])).toBe(false);
  await asUser(database.sql, stage, (tx) => tx`select public.cancel_run(${split.runId}) as answer`);
  expect(await record(split, 1, [work(0), result(0)])).toBe(false);
  expect(await statuses(split)).toEqual({ each__split: "running", each: "cancelled" });
});

it("keeps what a lost attempt had recorded, and takes only the rest from the next one", async () => {
  const split = await claim(mapOver("each", [step("work")]));
  await record(split, 2, [work(0), result(0)]);
  await database.sql`
    update public.steps set lease_until = now() - interval '1 minute' where run_id = ${split.runId} and status = 'running'`;
  await database.sql`select engine.sweep()`;
  const [row] = await database.sql`select engine.claim_steps('v', 50, 15000) as claimed`;
  const again = ClaimedStep.array().parse(row?.["claimed"])[0];
  expect(again).toMatchObject({ stepKey: "each__split", attempt: 2 });
  if (!again) return;
  expect(await record(split, 2, [work(1), result(1)])).toBe(false);
  await report(again, { output: { items: ["a", "b"] }, ahead: [work(0), result(0), work(1), result(1)] });
  const [run] = await database.sql`select status, counts from public.runs where id = ${split.runId}`;
  expect(run).toMatchObject({ status: "succeeded", counts: { total: 6, succeeded: 6 } });
  expect(
    await database.sql`select item_path, count(*)::int as n from public.attempts where run_id = ${split.runId} and step_key = 'work' group by 1 order by 1`,
  ).toEqual([
    { item_path: [0], n: 1 },
    { item_path: [1], n: 1 },
  ]);
});

it("goes on with what was recorded when a cancelled run is resumed", async () => {
  const split = await claim([...mapOver("each", [step("work")]), step("after", { after: ["each"] })]);
  await record(split, 2, [work(0), result(0)]);
  await asUser(database.sql, stage, (tx) => tx`select public.cancel_run(${split.runId}) as answer`);
  await report(split, { outcome: "cancelled" });
  await asUser(database.sql, stage, (tx) => tx`select public.retry_run(${split.runId}) as answer`);
  const [row] = await database.sql`select engine.claim_steps('v', 50, 15000) as claimed`;
  const again = ClaimedStep.array().parse(row?.["claimed"])[0];
  expect(again).toMatchObject({ stepKey: "each__split", attempt: 2 });
  if (!again) return;
  const [last] = await report(again, { output: { items: ["a", "b"] }, ahead: [work(1), result(1)] });
  expect(last?.stepKey).toBe("after");
  if (last) await report(last, { output: {} });
  const [run] = await database.sql`select status, counts from public.runs where id = ${split.runId}`;
  expect(run).toMatchObject({ status: "succeeded", counts: { total: 7, succeeded: 7 } });
  const [map] = await database.sql`
    select output from public.step_payloads where run_id = ${split.runId} and step_key = 'each'`;
  expect(map?.["output"]).toEqual({ items: [0, 10], failed: [], count: 2 });
});
