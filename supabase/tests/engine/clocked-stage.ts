// A database and, for each test of the file that imports this, a stage of its own with the clock back where it was.
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";

/** One connection, since a clock is moved for the session that asks. */
export let sql: postgres.Sql;
export let stage: Stage;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});
beforeEach(async () => {
  await sql`truncate public.runs, engine.breakers cascade`;
  await sql`select set_config('engine.clock_offset', '0', false)`;
  stage = await setStage(sql);
});
