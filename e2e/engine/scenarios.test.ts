// Plays every scenario against Postgres, and again with the worker dying once at every crash point: the end must be the same.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../database.ts";
import { type Played, play } from "./play.ts";
import type { Scenario } from "./scenario.ts";
import { sweep } from "./sweep.ts";

const invariants = readFileSync(join(import.meta.dirname, "../../supabase/tests/invariants.sql"), "utf8");
const names = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".scenario.ts"))
  .toSorted();
const scenarios = await Promise.all(
  names.map(async (name): Promise<[string, Scenario]> => {
    const loaded: { default: Scenario } = await import(join(import.meta.dirname, name));
    return [name.replace(".scenario.ts", "").replaceAll("-", " "), loaded.default];
  }),
);

let database: TestDatabase;
let sql: postgres.Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

async function checkInvariants(): Promise<void> {
  expect(await sql.unsafe(invariants)).toEqual([]);
}

function expectEnd(played: Played, spec: Scenario): void {
  expect(played.status).toBe(spec.ends);
  if (spec.statuses) expect(played.statuses).toMatchObject(spec.statuses);
  if (spec.reused) expect(played.reused).toEqual(spec.reused);
  if (spec.runOutput !== undefined) expect(played.output).toEqual(spec.runOutput);
  if (spec.errorCode) expect(played.errorCode).toBe(spec.errorCode);
  if (spec.verification) expect(played.verification).toMatchObject(spec.verification);
  for (const [step, count] of Object.entries(spec.effects ?? {}))
    expect(played.effects.get(step)).toBe(count);
  if (spec.proofs) expect(played.proofs).toEqual(spec.proofs);
  for (const [step, kept] of Object.entries(spec.kept ?? {}))
    expect(played.kept.get(step)).toMatchObject(kept);
  for (const [step, scope] of Object.entries(spec.scopes ?? {}))
    expect(played.scopes.get(step)).toEqual(scope);
}

describe.each(scenarios.map(([name, spec], place) => [name, spec, place] as const))(
  "%s",
  (_, spec, place) => {
    it("takes the expected moves to the expected end", async () => {
      const played = await play(sql, spec);
      await checkInvariants();
      if (spec.events) expect(played.events).toEqual(spec.events);
      expectEnd(played, spec);
      expect(played.rejected).toBe(spec.rejected ?? 0);
    });

    // What a scenario does while a step is held finds none that is done ahead.
    it.runIf(spec.during === undefined)(
      "ends the same when pure steps are done ahead of the record",
      async () => {
        const played = await play(sql, spec, "never", true);
        await checkInvariants();
        expectEnd(played, spec);
      },
    );

    it.runIf(spec.crashPoints !== false)(
      "R-03 ends the same wherever a worker or a session dies",
      async () => {
        // All of them in every scenario take minutes: `npm run chaos -- --only crash-points`. Here each scenario has its own few.
        expect(await sweep(sql, spec, (points) => points.filter((_, n) => (n + place) % 4 === 0))).toEqual(
          [],
        );
        await checkInvariants();
      },
    );
  },
);
