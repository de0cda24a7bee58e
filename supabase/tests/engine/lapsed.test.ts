// What a claim makes of a run that a dead worker left, when some of its steps go on and others ask.
import { expect, it } from "vitest";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { sql, stage } from "./plain-stage.ts";

it("says that a run runs when the claim that asks a person about one of its steps starts another", async () => {
  const steps = [step("mail", { effect: "at_most_once" }), step("read", { effect: "read" })];
  const workflow = await stage.publish("asks-and-goes-on", planOf({ steps }, "Asks and goes on"));
  const [started] = await sql<{ run: string }[]>`
    select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}') ->> 'run_id' as run`;
  const run = started?.run ?? "";
  await sql`select engine.claim_steps('first', 5, 15000)`;
  await sql`select engine.mark_started(${run}, 'mail', '{}'::int[], 1)`;
  const failed = { runId: run, stepKey: "read", itemPath: [], attempt: 1, outcome: "failed" };
  const error = { class: "transient", code: "reset", message: "The connection was reset." };
  await sql`select engine.report_steps('first', ${sql.json([{ ...failed, error }])}, 0, 15000)`;
  await sql`update public.steps set due_at = now() where run_id = ${run} and step_key = 'read'`;
  await sql`update public.steps set lease_until = now() where run_id = ${run} and step_key = 'mail'`;
  await sql`select engine.claim_steps('second', 5, 15000)`;
  expect(
    await sql`
      select run.status as run, step.step_key as step, step.status, step.waiting_for ->> 'kind' as waits
      from public.runs as run join public.steps as step on step.run_id = run.id where run.id = ${run} order by rank`,
  ).toEqual([
    { run: "running", step: "mail", status: "waiting", waits: "reconcile" },
    { run: "running", step: "read", status: "running", waits: null },
  ]);
});
