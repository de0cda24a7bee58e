// The short form of `npm run chaos -- --only claims`.
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../database.ts";
import { claimAll, leaseNothing } from "./claimers.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await database.drop();
});

it("R-13 grants each of 500 steps to one of 16 claimers", { timeout: 120_000 }, async () => {
  const found = await claimAll(database.url, { claimers: 16, runs: 40, warmUp: 10, workMs: 0 });
  expect(found).toMatchObject({ steps: 500, doubleGrants: 0, unfinished: 0 });
});

it("R-13 turns red when a claim takes no lease", { timeout: 120_000 }, async () => {
  const { doubleGrants } = await claimAll(
    database.url,
    { claimers: 16, runs: 50, warmUp: 0, workMs: 0 },
    leaseNothing,
  );
  expect(doubleGrants).toBeGreaterThan(0);
});
