// R-26, the short form: a worker that only lost its database starts nothing once somebody else may have taken over.
import { afterEach, beforeEach, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { cutOff, type CutOffOptions } from "./cut-off.ts";

/** Cuts and leases take their time, and the machine may be busy. */
const PATIENCE_MS = 120_000;

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await database.drop();
});

/** A third of the lease is left for the machine: until it is over, nobody else has taken over. */
const options = (): CutOffOptions => ({
  seed: 26,
  url: database.url,
  engineUrl: database.engineUrl,
  workers: 2,
  leaseMs: 1_200,
  cutMs: [1_500, 2_000],
  cuts: 1,
  graceMs: 1_200,
});

it(
  "R-26 records nothing twice and starts no effect late while workers are cut off from the database",
  async () => {
    const { cuts, repeated, broken } = await cutOff(options());
    expect({ cuts, broken }).toEqual({ cuts: 2, broken: [] });
    // Work was taken over, so there was something to get wrong.
    expect(repeated).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);

it(
  "R-26 turns red without the worker's own fence",
  async () => {
    const { broken } = await cutOff({ ...options(), fenced: false });
    expect(broken.join("\n")).toContain("no effect is started late");
  },
  PATIENCE_MS,
);
