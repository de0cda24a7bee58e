// A database with one stage for all tests of the file that imports this.
import type postgres from "postgres";
import { afterAll, beforeAll } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";

export let sql: postgres.Sql;
export let stage: Stage;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
  stage = await setStage(sql);
});
afterAll(() => database.drop());
