// a connection that breaks in the middle of an answer must not spoil the answer after it.
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectEngine, createEngine } from "../../edge-functions/_shared/engine.ts";
import { type TestDatabase, createTestDatabase } from "../database.ts";
import { planOf } from "../engine/plan-of.ts";
import { step } from "../engine/scenario.ts";
import { setStage } from "../engine/stage.ts";
import { startFaultProxy } from "./fault-proxy.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});

it("R-29 reads the answer that follows one whose connection broke off after its first row", async () => {
  const stage = await setStage(database.sql);
  const workflow = await stage.publish("one", planOf({ steps: [step("only")] }, "One"));
  await database.sql`select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}')`;
  const proxy = await startFaultProxy(
    () => Number(new URL(database.engineUrl).port),
    () => 0,
  );
  const through = new URL(database.engineUrl);
  through.port = String(proxy.port);
  const sql = connectEngine(through.href, 1);
  try {
    // The first row goes out at once; the second one never does.
    const broken = sql`select n, case when n = 2 then pg_sleep(30) end, repeat('x', 20000) from generate_series(1, 2) as n`;
    const failed = expect(broken).rejects.toThrow();
    await new Promise((done) => setTimeout(done, 500));
    proxy.cut();
    await failed;
    const claimed = await createEngine(sql).claimSteps("w", 5, 15_000);
    expect(claimed.map(({ stepKey }) => stepKey)).toEqual(["only"]);
  } finally {
    await sql.end({ timeout: 1 });
    await proxy.close();
  }
});
