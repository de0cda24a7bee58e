// What people may ask of runs, what they get back, and what is refused.
import { expect, it } from "vitest";
import { asUser } from "../../../e2e/engine/play.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { setStage } from "../../../e2e/engine/stage.ts";
import { sql, stage } from "./plain-stage.ts";
import { publish, start, work } from "./verbs-scene.ts";

it("names the input that is missing or of another type", async () => {
  const workflow = await publish("input", [step("a")], {
    required: ["count"],
    properties: { count: { type: "integer" }, note: { type: ["string", "null"] } },
  });
  await expect(start(workflow)).rejects.toMatchObject({
    code: "RB422",
    message: 'The input "count" is missing.',
  });
  await expect(start(workflow, { count: 1.5 })).rejects.toMatchObject({
    message: 'The input "count" is of type number.',
  });
  await expect(start(workflow, { count: 2, note: true })).rejects.toMatchObject({
    code: "RB422",
    hint: "It must be: string or null.",
  });
  await expect(start(workflow, { count: 2, note: null })).resolves.toMatchObject({ existing: false });
});

it("refuses strangers, viewers and workflows without a version", async () => {
  const workflow = await publish("guarded", [step("a")]);
  const stranger = await setStage(sql);
  await expect(
    asUser(sql, stranger, (tx) => tx`select public.start_run(${workflow}) as answer`),
  ).rejects.toMatchObject({ code: "RB404" });
  await sql`insert into public.members (workspace_id, user_id, role) values (${stage.workspaceId}, ${stranger.userId}, 'viewer')`;
  await expect(
    asUser(sql, stranger, (tx) => tx`select public.start_run(${workflow}) as answer`),
  ).rejects.toMatchObject({ code: "RB403" });
  await sql`update public.workflows set live_version = null where id = ${workflow}`;
  await expect(start(workflow)).rejects.toMatchObject({ code: "RB404" });
});

it("previews a resume: what runs again, what is kept, which effects would repeat", async () => {
  const workflow = await publish("resume", [
    step("read", { effect: "read" }),
    step("pay", { after: ["read"], effect: "idempotent", retry: { maxAttempts: 1 } }),
    step("mail", { after: ["pay"], effect: "at_most_once" }),
  ]);
  const { run_id: run } = await start(workflow);
  await work({ pay: "transient" });
  const preview = await asUser<{
    makes: string;
    rerun: { step: string }[];
    reused: { step: string }[];
    effects: unknown[];
  }>(sql, stage, (tx) => tx`select public.retry_preview(${run}) as answer`);
  expect(preview.makes).toBe("same_run");
  expect(preview.rerun.map((one) => one.step).toSorted()).toEqual(["mail", "pay"]);
  expect(preview.reused.map((one) => one.step)).toEqual(["read"]);
  expect(preview.effects).toHaveLength(2);
  expect(preview.effects).toEqual(
    expect.arrayContaining([
      {
        step: "pay",
        effect: "idempotent",
        prior: "unknown",
        verdict: "deduplicated",
        asks: false,
        choices: [],
      },
      { step: "mail", effect: "at_most_once", prior: "none", verdict: "safe", asks: false, choices: [] },
    ]),
  );
});

it("previews and makes a new run from a step, with its inputs replaced and new keys", async () => {
  const workflow = await publish("again", [
    step("read", { effect: "read" }),
    step("mail", { after: ["read"], effect: "at_most_once" }),
    step("aside"),
  ]);
  const { run_id: run } = await start(workflow);
  await work();
  const preview = await asUser<{ makes: string; effects: unknown[]; reused: { step: string }[] }>(
    sql,
    stage,
    (tx) => tx`select public.retry_preview(${run}, 'from_step', 'mail') as answer`,
  );
  expect(preview.makes).toBe("new_run");
  expect(preview.reused.map((one) => one.step).toSorted()).toEqual(["aside", "read"]);
  expect(preview.effects).toEqual([
    {
      step: "mail",
      effect: "at_most_once",
      prior: "succeeded",
      verdict: "decision",
      asks: false,
      choices: ["do_it_again"],
    },
  ]);
  const made = await asUser<{ run_id: string }>(
    sql,
    stage,
    (tx) =>
      tx`select public.retry_run(${run}, 'from_step', 'mail', '{"to": "someone else"}', null, '{"mail": "do_it_again"}') as answer`,
  );
  const [row] = await sql`select engine.claim_steps('w', 5, 15000) as claimed`;
  expect(row?.["claimed"]).toMatchObject([
    { runId: made.run_id, stepKey: "mail", keyRun: made.run_id, override: { to: "someone else" } },
  ]);
});

it("resumes on another version as a new run with the old keys, reusing what fits", async () => {
  const workflow = await publish("moved", [step("read"), step("pay", { after: ["read"] })]);
  const { run_id: run } = await start(workflow);
  await work({ pay: "permanent" });
  await publish("moved", [
    step("read"),
    step("pay", { after: ["read"], config: { fixed: true } }),
    step("more", { after: ["pay"] }),
  ]);
  const made = await asUser<{ run_id: string }>(
    sql,
    stage,
    (tx) => tx`select public.retry_run(${run}, 'resume', null, null, 'live') as answer`,
  );
  expect(made.run_id).not.toBe(run);
  await work();
  const rows = await sql`
    select step_key, status, reused_from = ${run} as reused from public.steps where run_id = ${made.run_id} order by rank`;
  expect(rows).toEqual([
    { step_key: "read", status: "succeeded", reused: true },
    { step_key: "pay", status: "succeeded", reused: null },
    { step_key: "more", status: "succeeded", reused: null },
  ]);
  const [keys] =
    await sql`select key_run = ${run} as kept, retry_of = ${run} as linked from public.runs where id = ${made.run_id}`;
  expect(keys).toEqual({ kept: true, linked: true });
});

it("refuses to resume a run that succeeded or still runs", async () => {
  const workflow = await publish("ended", [step("a")]);
  const { run_id: run } = await start(workflow);
  await expect(
    asUser(sql, stage, (tx) => tx`select public.retry_run(${run}) as answer`),
  ).rejects.toMatchObject({ code: "RB409" });
  await work();
  await expect(
    asUser(sql, stage, (tx) => tx`select public.retry_run(${run}) as answer`),
  ).rejects.toMatchObject({ code: "RB409" });
});
