// What a retry takes for inputs, reuses and undoes.
import { expect, it } from "vitest";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { rollbackOf, step } from "../../../e2e/engine/scenario.ts";
import { sql, stage } from "./plain-stage.ts";
import { json, preview, retry, ended, keys } from "./retry-scene.ts";

it("checks a replaced run input against the version that will run", async () => {
  const inputSchema = {
    required: ["who"],
    properties: { who: { type: "object", properties: { age: { type: "integer" } } } },
  };
  const { run, slug } = await ended([step("a")], { a: "permanent" }, { inputSchema, input: { who: {} } });
  await expect(retry(run, { mode: "restart", input: { who: { age: "old" } } })).rejects.toMatchObject({
    code: "RB422",
    message: "The input does not fit: who.age: is of type string, not integer.",
  });
  await expect(retry(run, { mode: "restart", input: { who: { age: 3 } } })).resolves.toBeDefined();
  await expect(retry(run, { input: {} })).rejects.toMatchObject({
    message: "A resumed run keeps its input.",
  });
  await stage.publish(
    slug,
    planOf({ steps: [step("a")], inputSchema: { type: "object", required: ["more"] } }, slug),
  );
  await expect(retry(run, { version: "live" })).rejects.toMatchObject({
    message: 'The input "more" is missing.',
  });
  await expect(retry(run, { version: "draft" })).rejects.toMatchObject({
    message: "A draft is not a version yet.",
  });
});

it("takes replaced inputs for one step, not for the items of a map", async () => {
  const { run } = await ended([
    step("each__split", { role: "split" }),
    step("work", { within: "each", after: ["each__split"] }),
    step("each__item", { role: "item", within: "each", after: ["work"] }),
    step("each", { role: "collect", after: ["each__split"] }),
  ]);
  await expect(retry(run, { mode: "from_step", step: "work", input: { x: 1 } })).rejects.toMatchObject({
    message: '"work" runs once per item, each with its own inputs.',
  });
  await expect(
    retry(run, { mode: "from_step", step: "each__split", input: [1] as never }),
  ).rejects.toMatchObject({
    message: "The input must be a JSON object.",
  });
});

it("checks replaced inputs of a step against its ports", async () => {
  const { run, slug } = await ended([step("call")], { call: "permanent" });
  const plan = planOf({ steps: [step("call")] }, slug);
  const ports = { url: { type: "string" }, times: { type: "integer", minimum: 1 } };
  await stage.publish(slug, { ...plan, steps: plan.steps.map((one) => ({ ...one, ports })) });
  const again = (input: object) => retry(run, { mode: "from_step", step: "call", version: "live", input });
  await expect(again({ url: 5 })).rejects.toMatchObject({
    code: "RB422",
    message: 'The inputs of "call" do not fit: url: is of type number, not string.',
  });
  await expect(again({ times: 0 })).rejects.toMatchObject({
    message: 'The inputs of "call" do not fit: times: is less than 1.',
  });
  await expect(again({ url: "https://example.com", body: null })).resolves.toBeDefined();
  const [claimed] =
    await sql`select definition::jsonb ? 'ports' as kept from engine.plan_steps where step_key = 'call' limit 1`;
  expect(claimed).toEqual({ kept: false });
});

it("flags what it reuses unseen: a changed step, and an output that is a file", async () => {
  const blob = { $blob: { path: "p", sha256: "x", bytes: 70_000, mime: "application/json" } };
  const text = { text: { type: "string" } };
  const { run, slug } = await ended(
    [step("same"), step("file", { outputs: text }), step("changed"), step("bad")],
    {
      bad: "permanent",
    },
  );
  await sql`update public.step_payloads set output = ${json({ text: blob })} where run_id = ${run} and step_key = 'file'`;
  await stage.publish(
    slug,
    planOf(
      {
        steps: [
          step("same"),
          step("file", { outputs: text, config: { x: 1 } }),
          step("changed", { config: { x: 1 } }),
          step("bad"),
        ],
      },
      slug,
    ),
  );
  const seen = await preview(run, { version: "live" });
  expect(keys(seen.reused)).toEqual(["changed", "file", "same"]);
  expect(keys(seen.flagged)).toEqual(["changed", "file"]);
  expect(keys(seen.rerun)).toEqual(["bad"]);
});

it("estimates by what the steps took the last time", async () => {
  const { run } = await ended([step("a"), step("b", { after: ["a"] }), step("c", { after: ["b"] })], {
    b: "permanent",
  });
  await sql`update public.attempts set active_ms = 1500 where run_id = ${run}`;
  await sql`
    insert into public.attempt_payloads (run_id, step_key, n, workspace_id, calls)
    values (${run}, 'b', 1, ${stage.workspaceId}, '[{"kind": "llm", "llm": {"costUsd": 0.25}}, {"kind": "http"}]')
    on conflict (run_id, step_key, item_path, n) do update set calls = excluded.calls`;
  expect((await preview(run)).estimate).toEqual({ steps: 2, unknown: 1, activeMs: 1500, costUsd: 0.25 });
});

it("makes a new run with new keys of one that was rolled back, and reuses nothing that was undone", async () => {
  const { run } = await ended(
    [step("kept"), step("undone"), step("bad", { after: ["kept", "undone"] }), rollbackOf("undone")],
    { bad: "permanent" },
  );
  expect(await preview(run)).toMatchObject({ makes: "new_run", reused: [{ step: "kept" }] });
  const { run_id: made } = await retry(run);
  expect(made).not.toBe(run);
  expect(await sql`select key_run = id as new_keys from public.runs where id = ${made}`).toEqual([
    { new_keys: true },
  ]);
});
