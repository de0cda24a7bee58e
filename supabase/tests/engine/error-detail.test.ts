// What an error quotes of the other side is payload: it needs the right to see payloads, the error itself does not.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { step } from "../../../e2e/engine/scenario.ts";
import { setStage } from "../../../e2e/engine/stage.ts";
import { ClaimedStep } from "../../../src/core/worker.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it("keeps the quoted answer with the attempt's payloads and off the run, the step and the attempt", async () => {
  const { sql } = database;
  const stage = await setStage(sql);
  const workflow = await stage.publish("one", planOf({ steps: [step("call")] }, "One"));
  await sql`select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}')`;
  const [claim] = await sql`select engine.claim_steps('w', 1, 15000) as claimed`;
  const [claimed] = ClaimedStep.array().parse(claim?.["claimed"]);
  const error = {
    class: "permanent",
    code: "http_4xx",
    message: "The server answered 404.",
    snippet: "no such patient: Ada",
    detail: { patient: "Ada" },
  };
  const { runId, stepKey, itemPath, attempt } = claimed!;
  const report = { runId, stepKey, itemPath, attempt, outcome: "failed", error };
  await sql`select engine.report_steps('w', ${sql.json([report])}, 0, 15000)`;

  const told = { class: "permanent", code: "http_4xx", message: "The server answered 404." };
  expect((await sql`select error from public.attempts`)[0]?.["error"]).toEqual(told);
  expect((await sql`select error from public.steps`)[0]?.["error"]).toEqual(told);
  expect((await sql`select error from public.runs`)[0]?.["error"]).toEqual({ ...told, step: "call" });
  expect((await sql`select error_detail from public.attempt_payloads`)[0]?.["error_detail"]).toEqual({
    snippet: "no such patient: Ada",
    detail: { patient: "Ada" },
  });
});
