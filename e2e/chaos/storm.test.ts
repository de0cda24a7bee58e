// The short form of `npm run chaos`: a storm of in-process workers, each control, and the faults seen by real worker processes.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../database.ts";
import { brokenSqualls } from "./controls.ts";
import { squall } from "./squall.ts";

const seed = Number(process.env["CHAOS_SEED"] ?? 20_260_101);

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await database.drop();
});

describe(`seed ${seed}`, () => {
  it("R-01 loses nothing and records nothing twice while workers die, stall, report twice and starts are answered with silence", async () => {
    const { runs, lost, duplicated, gaps, rejectedReports, broken } = await squall(database.url, {
      seed,
      runs: 80,
    });
    expect({ runs, lost, duplicated, gaps, broken }).toEqual({
      runs: 80,
      lost: 0,
      duplicated: 0,
      gaps: 0,
      broken: [],
    });
    expect(rejectedReports).toBeGreaterThan(0);
  });

  // Which of two workers reports first is a matter of luck, so a control may take more than one storm to show.
  it.each(Object.entries(brokenSqualls))("R-02 turns red with the %s", async (_, sabotage) => {
    const found: string[] = [];
    for (let n = 0; n < 8 && found.length === 0; n += 1) {
      const fresh = await createTestDatabase();
      try {
        const { broken } = await squall(fresh.url, { seed: seed + n, runs: 60, sabotage, settleMs: 2_500 });
        found.push(...broken);
      } finally {
        await fresh.drop();
      }
    }
    expect(found).not.toEqual([]);
  });
});
