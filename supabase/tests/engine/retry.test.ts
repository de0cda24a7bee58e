// What a retry refuses, decides and checks before anything happens.
import type postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { type StepSpec, rollbackOf, step } from "../../../e2e/engine/scenario.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";
import { workOff } from "./work-off.ts";

let database: TestDatabase;
let sql: postgres.Sql;
let stage: Stage;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
  stage = await setStage(sql);
});
afterAll(() => database.drop());

interface Retry {
  mode?: string;
  step?: string;
  input?: object | null;
  version?: string;
  decisions?: object;
}
interface Preview {
  makes: string;
  rerun: { step: string }[];
  reused: { step: string }[];
  flagged: { step: string }[];
  effects: { step: string; prior: string; verdict: string; asks: boolean; choices: string[] }[];
  estimate: object;
}
const json = (value: unknown) => sql`${value === null ? null : JSON.stringify(value)}::text::jsonb`;
const preview = (run: string, { mode = "resume", step: at, version, decisions = {} }: Retry = {}) =>
  asUser<Preview>(
    sql,
    stage,
    (tx) =>
      tx`select public.retry_preview(${run}, ${mode}, ${at ?? null}, ${version ?? null}, ${json(decisions)}) as answer`,
  );
const retry = (
  run: string,
  { mode = "resume", step: at, input = null, version, decisions = {} }: Retry = {},
) =>
  asUser<{ run_id: string }>(
    sql,
    stage,
    (tx) =>
      tx`select public.retry_run(${run}, ${mode}, ${at ?? null}, ${json(input)}, ${version ?? null}, ${json(decisions)}) as answer`,
  );

let published = 0;
async function ended(
  steps: readonly StepSpec[],
  failing: Record<string, string> = {},
  facts: { inputSchema?: object; input?: object } = {},
): Promise<{ run: string; slug: string }> {
  const slug = `retry-${(published += 1)}`;
  const workflow = await stage.publish(
    slug,
    planOf({ steps, inputSchema: { type: "object", ...facts.inputSchema } }, slug),
  );
  const { run_id: run } = await asUser<{ run_id: string }>(
    sql,
    stage,
    (tx) => tx`select public.start_run(${workflow}, ${json(facts.input ?? {})}) as answer`,
  );
  await workOff(sql, failing);
  return { run, slug };
}
const keys = (list: readonly { step: string }[]) => list.map((one) => one.step).toSorted();

it("refuses while a decision is open, and takes it", async () => {
  const { run } = await ended([step("read"), step("mail", { after: ["read"], effect: "at_most_once" })]);
  await expect(retry(run, { mode: "restart" })).rejects.toMatchObject({
    code: "RB409",
    message: "This would repeat what must not happen twice: mail.",
    hint: "Say for each of these steps: do_it_again, or treat_as_done.",
  });
  const { run_id: again } = await retry(run, { mode: "restart", decisions: { mail: "do_it_again" } });
  await workOff(sql);
  expect(
    await sql`select status, attempt from public.steps where run_id = ${again} and step_key = 'mail'`,
  ).toEqual([{ status: "succeeded", attempt: 1 }]);
  await expect(retry(run, { mode: "restart", decisions: { mail: "perhaps" } })).rejects.toMatchObject({
    code: "RB422",
  });
});

it("previews a step treated as done as reused, and never the step it starts at", async () => {
  const { run } = await ended([
    step("read", { effect: "at_most_once" }),
    step("mail", { after: ["read"], effect: "at_most_once" }),
  ]);
  const decisions = { read: "treat_as_done", mail: "treat_as_done" };
  const seen = await preview(run, { mode: "from_step", step: "read", decisions });
  expect(keys(seen.rerun)).toEqual(["read"]);
  expect(keys(seen.reused)).toEqual(["mail"]);
  expect(seen.effects).toEqual([
    {
      step: "read",
      effect: "at_most_once",
      prior: "succeeded",
      verdict: "decision",
      asks: false,
      choices: ["do_it_again"],
    },
  ]);
  await expect(retry(run, { mode: "from_step", step: "read", decisions })).rejects.toMatchObject({
    message: "This would repeat what must not happen twice: read (no output that could stand for it).",
  });
});

it("asks nothing beforehand about a step that will ask by itself", async () => {
  const { run } = await ended([step("mail", { effect: "at_most_once" })], { mail: "holds" });
  await asUser(sql, stage, (tx) => tx`select public.cancel_run(${run}) as answer`);
  await sql`update public.runs set cancel_requested_at = now() - interval '1 minute' where id = ${run}`;
  await sql`select engine.sweep()`;
  expect((await preview(run)).effects).toMatchObject([{ prior: "unknown", verdict: "decision", asks: true }]);
  await retry(run);
  expect(
    await sql`select status, waiting_for ->> 'kind' as kind from public.steps where run_id = ${run}`,
  ).toEqual([{ status: "waiting", kind: "reconcile" }]);
});

it("refuses to repeat in place what may have happened, until somebody decides", async () => {
  const { run } = await ended([step("mail", { effect: "at_most_once", retry: { maxAttempts: 1 } })], {
    mail: "transient",
  });
  await expect(retry(run)).rejects.toMatchObject({ code: "RB409" });
  await expect(retry(run, { decisions: { mail: "treat_as_done" } })).rejects.toMatchObject({ code: "RB409" });
  expect(await retry(run, { decisions: { mail: "do_it_again" } })).toMatchObject({ run_id: run });
});

it("repeats without asking what was cancelled before its start marker: the call was never made", async () => {
  const { run } = await ended([step("mail", { effect: "at_most_once" })], { mail: "holds" });
  await sql`update public.attempts set start_marker_at = null where run_id = ${run}`;
  await sql`update public.steps set start_marker_at = null where run_id = ${run}`;
  await asUser(sql, stage, (tx) => tx`select public.cancel_run(${run}) as answer`);
  await sql`update public.runs set cancel_requested_at = now() - interval '1 minute' where id = ${run}`;
  await sql`select engine.sweep()`;
  expect((await preview(run)).effects).toMatchObject([{ prior: "none", verdict: "safe", asks: false }]);
  expect(await retry(run)).toMatchObject({ run_id: run });
  expect(await sql`select status, waiting_for from public.steps where run_id = ${run}`).toEqual([
    { status: "ready", waiting_for: null },
  ]);
});

it("counts the items of a map when it says what is known of an effect", async () => {
  const { run } = await ended([
    step("each__split", { role: "split" }),
    step("send", { within: "each", after: ["each__split"], effect: "at_most_once" }),
    step("each__item", { role: "item", within: "each", after: ["send"] }),
    step("each", { role: "collect", after: ["each__split"] }),
  ]);
  const seen = await preview(run, { mode: "restart" });
  expect(seen.effects).toMatchObject([
    { step: "send", prior: "succeeded", verdict: "decision", choices: ["do_it_again"] },
  ]);
});

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
