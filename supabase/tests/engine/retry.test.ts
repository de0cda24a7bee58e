// What a retry refuses, decides and checks before anything happens.
import { expect, it } from "vitest";
import { asUser } from "../../../e2e/engine/play.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { workOff } from "./work-off.ts";
import { sql, stage } from "./plain-stage.ts";
import { preview, retry, ended, keys } from "./retry-scene.ts";

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
