// Forms and signals: what is accepted, what is refused and why, and what is kept.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Park } from "../../../src/core/worker.ts";

let database: TestDatabase;
let stage: Stage;
beforeAll(async () => {
  database = await createTestDatabase();
  stage = await setStage(database.sql);
});
afterAll(() => database.drop());

const json = (value: unknown) => JSON.stringify(value);

/** A run whose one step waits as `park` says. */
async function waiting(
  slug: string,
  park: Park,
  kind = "transform",
  input: JsonObject = {},
): Promise<string> {
  const config: JsonObject = park.for === "signal" ? { name: park.name } : {};
  const workflow = await stage.publish(slug, planOf({ steps: [step("ask", { kind, config })] }, slug));
  const { run_id: run } = await asUser<{ run_id: string }>(
    database.sql,
    stage,
    (tx) => tx`select public.start_run(${workflow}, ${json(input)}::text::jsonb) as answer`,
  );
  for (;;) {
    const [row] = await database.sql`select engine.claim_steps('w', 50, 15000) as claimed`;
    const claimed: { runId: string; stepKey: string; itemPath: number[]; attempt: number }[] =
      row?.["claimed"];
    if (claimed.length === 0) return run;
    const reports = claimed.map(({ runId, stepKey, itemPath, attempt }) => ({
      runId,
      stepKey,
      itemPath,
      attempt,
      outcome: "parked",
      park,
    }));
    await database.sql`select engine.report_steps('w', ${database.sql.json(reports)}, 0, 15000)`;
  }
}

const statusOf = async (run: string) =>
  (await database.sql`select status from public.runs where id = ${run}`)[0]?.["status"];
const signal = (run: string, name: string, payload: unknown = null) =>
  asUser<JsonObject>(
    database.sql,
    stage,
    (tx) => tx`select public.send_signal(${run}, ${name}, ${json(payload)}::text::jsonb) as answer`,
  );

const form: Park = {
  for: "form",
  title: "Order",
  schema: {
    type: "object",
    required: ["name"],
    additionalProperties: false,
    properties: {
      name: { type: "string", minLength: 2 },
      size: { enum: ["s", "m"], default: "m" },
      lines: {
        type: "array",
        items: { type: "object", properties: { count: { type: "integer", minimum: 1 } } },
      },
    },
  },
  approvers: { roles: ["operator"], users: [], quorum: 1 },
};

it("names the field of a form that does not fit, and takes the form once it does", async () => {
  const run = await waiting("order", form);
  const [open] = await database.sql`select id, form from public.approvals where run_id = ${run}`;
  expect(open?.["form"]).toEqual(form.schema);
  const submit = (values: unknown) =>
    asUser<JsonObject>(
      database.sql,
      stage,
      (tx) => tx`select public.submit_form(${open?.["id"]}, ${json(values)}::text::jsonb) as answer`,
    );
  for (const [values, message] of [
    [[], "The values of a form must be a JSON object."],
    [{}, '"name" is missing.'],
    [{ name: 1 }, '"name" must be string, not number.'],
    [{ name: "A" }, '"name" is too short.'],
    [{ name: "Ann", size: "xl" }, '"size" must be one of: s, m.'],
    [{ name: "Ann", lines: [{ count: 1 }, { count: 0 }] }, '"lines[1].count" must be at least 1.'],
    [{ name: "Ann", lines: [{ count: 1.5 }] }, '"lines[0].count" must be integer, not number.'],
    [{ name: "Ann", colour: "red" }, 'The form has no field "colour".'],
  ] as const)
    await expect(submit(values)).rejects.toMatchObject({ code: "RB422", message });
  expect(await submit({ name: "Ann" })).toEqual({ status: "submitted" });
  expect(await statusOf(run)).toBe("succeeded");
  const [output] = await database.sql`select output from public.step_payloads where run_id = ${run}`;
  expect(output?.["output"]).toEqual({ by: stage.userId, values: { name: "Ann", size: "m" } });
  await expect(submit({ name: "Bea" })).rejects.toMatchObject({
    code: "RB409",
    message: "The form is not open any more: submitted.",
  });
});

it("keeps a form for those it is assigned to", async () => {
  const run = await waiting("owners", { ...form, approvers: { roles: ["owner"], users: [], quorum: 1 } });
  const helper = await setStage(database.sql);
  await database.sql`insert into public.members (workspace_id, user_id, role) values (${stage.workspaceId}, ${helper.userId}, 'operator')`;
  const [open] = await database.sql`select id from public.approvals where run_id = ${run}`;
  await expect(
    asUser(
      database.sql,
      helper,
      (tx) => tx`select public.submit_form(${open?.["id"]}, '{"name": "Ann"}'::jsonb) as answer`,
    ),
  ).rejects.toMatchObject({ code: "RB403" });
  await expect(
    asUser(
      database.sql,
      stage,
      (tx) => tx`select public.decide_approval(${open?.["id"]}, 'approved') as answer`,
    ),
  ).rejects.toMatchObject({ code: "RB422", hint: "Fill it in with submit_form." });
});

const paid: Park = {
  for: "signal",
  name: "paid",
  match: [{ path: ["order", "id"], value: 7 }],
  onTimeout: "fail",
};

it("takes a signal that fits, keeps others up to a bound, and says where it went", async () => {
  const run = await waiting("paid", paid, "signal-wait");
  expect(await signal(run, "paid", { order: { id: 8 } })).toEqual({ signal: "kept" });
  expect(await signal(run, "paid")).toEqual({ signal: "kept" });
  for (let n = 0; n < 98; n++) await signal(run, "paid", n);
  await expect(signal(run, "paid", 98)).rejects.toMatchObject({ code: "RB429" });
  expect(await signal(run, "paid", { order: { id: 7 } })).toEqual({ signal: "taken", step: "ask", item: [] });
  expect(await statusOf(run)).toBe("succeeded");
  await expect(signal(run, "paid")).rejects.toMatchObject({ code: "RB409" });
});

it("refuses signals nothing waits for, odd names and large payloads", async () => {
  const run = await waiting("refusals", paid, "signal-wait");
  await expect(signal(run, "payed")).rejects.toMatchObject({ code: "RB422", hint: "It waits for: paid." });
  await expect(signal(run, "run:1")).rejects.toMatchObject({ code: "RB422" });
  await expect(signal(run, "paid", "x".repeat(70_000))).rejects.toMatchObject({ code: "RB413" });
  const stranger = await setStage(database.sql);
  await expect(
    asUser(database.sql, stranger, (tx) => tx`select public.send_signal(${run}, 'paid') as answer`),
  ).rejects.toMatchObject({ code: "RB404" });
});

it("signals the unfinished runs of a workspace that the filter matches", async () => {
  const any: Park = { for: "signal", name: "go", match: [], onTimeout: "fail" };
  const first = await waiting("many", any, "signal-wait", { order: 1 });
  const second = await waiting("many", any, "signal-wait", { order: 2 });
  const send = (filter: object) =>
    asUser<JsonObject>(
      database.sql,
      stage,
      (tx) =>
        tx`select public.signal_runs(${stage.workspaceId}, 'go', '5', ${json(filter)}::text::jsonb) as answer`,
    );
  await expect(send({ colour: "red" })).rejects.toMatchObject({ code: "RB422" });
  expect(await send({ workflow: "other" })).toEqual({ runs: 0 });
  expect(await send({ workflow: "many", input: { order: 2 } })).toEqual({ runs: 1 });
  expect([await statusOf(first), await statusOf(second)]).toEqual(["waiting", "succeeded"]);
  expect(await send({})).toEqual({ runs: 1 });
  expect(await statusOf(first)).toBe("succeeded");
});
