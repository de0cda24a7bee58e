// One verb on many runs: what each verb does, to which runs, and for whom.
import { expect, it } from "vitest";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { workOff } from "./work-off.ts";
import { sql, stage, one, startMany, failMany, bulk, workAll, progress, countOf } from "./bulk-scene.ts";

it("retries on another version as new runs, and does not take those for failed once more", async () => {
  const { workflow } = await failMany(2);
  const [slug] = await sql`select slug from public.workflows where id = ${workflow}`;
  await stage.publish(slug?.["slug"], planOf({ steps: [...one, step("c", { after: ["b"] })] }, "More"));
  const made = await bulk("retry", { workflow }, { version: "live" });
  await workAll();
  expect(await progress(made.operation_id)).toMatchObject({ done: 2 });
  await workOff(sql);
  expect(await countOf("succeeded", workflow)).toBe(2);
  expect(await bulk("retry", { workflow }, { preview: true })).toEqual({ total: 0 });
});

it("cancels and moves what is under way", async () => {
  const { workflow, runs } = await startMany(5);
  const moved = await bulk("move", { ids: runs.slice(0, 3) }, { lane: "B" });
  await workAll();
  expect(await progress(moved.operation_id)).toMatchObject({ status: "done", done: 3 });
  expect(await bulk("cancel", { lane: "B", workflow }, { preview: true })).toEqual({ total: 3 });
  const cancelled = await bulk("cancel", { lane: "B", workflow });
  await workAll();
  expect(await progress(cancelled.operation_id)).toMatchObject({ status: "done", done: 3 });
  expect(await countOf("cancelled", workflow)).toBe(3);
});

it("takes the runs its filter names", async () => {
  const first = await failMany(2);
  const second = await failMany(1, one, { b: "auth" });
  const count = async (filter: object) => (await bulk("retry", filter, { preview: true })).total;
  expect(await count({ status: ["failed", "cancelled"] })).toBe(3);
  expect(await count({ workflow: first.workflow })).toBe(2);
  expect(await count({ error_code: "auth" })).toBe(1);
  expect(await count({ lane: "A" })).toBe(3);
  expect(await count({ lane: "C" })).toBe(0);
  expect(await count({ ids: second.runs })).toBe(1);
  expect(await count({ from: "2000-01-01T00:00:00Z", to: "2000-01-02T00:00:00Z" })).toBe(0);
  expect(await count({ from: "2000-01-01T00:00:00Z" })).toBe(3);
});

it.for<["retry" | "cancel" | "move", object, object, string]>([
  ["retry", {}, {}, "An operation needs a filter."],
  ["retry", { colour: "red" }, {}, '"colour" is nothing to filter by.'],
  ["cancel", { lane: 5 }, {}, "The filter does not fit: lane: is of type number, not string."],
  ["cancel", { ids: ["x"] }, {}, "The filter holds something that is no id or no time."],
  ["cancel", { lane: "A" }, { canary: true }, '"canary" is no option of this.'],
  ["retry", { lane: "A" }, { mode: "twice" }, '"twice" is not a way to retry.'],
  ["retry", { lane: "A" }, { mode: "from_step" }, "from_step needs the step to start at."],
  ["retry", { lane: "A" }, { version: "draft" }, '"draft" is not a version.'],
  ["move", { lane: "A" }, {}, "A move needs the lane to move to."],
  ["move", { lane: "A" }, { lane: "Z" }, 'There is no lane "Z" in this workspace.'],
])("refuses to %s by %j with %j", async ([verb, filter, options, message]) => {
  await expect(bulk(verb, filter, options)).rejects.toMatchObject({ code: "RB422", message });
});

it("ends at once when nothing matches, and stops when its author may not do it any more", async () => {
  const nothing = await bulk("retry", { error_code: "no_such_code" });
  expect(await progress(nothing.operation_id)).toMatchObject({ status: "done", total: 0 });
  const { workflow } = await failMany(1);
  const made = await bulk("retry", { workflow });
  await sql`update public.members set role = 'viewer' where user_id = ${stage.userId}`;
  await workAll();
  expect(await progress(made.operation_id)).toMatchObject({ status: "stopped", done: 0 });
  await expect(bulk("retry", { workflow })).rejects.toMatchObject({ code: "RB403" });
});

it("is worked off by the sweep, which asks to be called again while there is more", async () => {
  const { workflow } = await failMany(2);
  await bulk("retry", { workflow });
  const [swept] = await sql`select engine.sweep() as answer`;
  expect(swept?.["answer"].released).toBe(2);
});
