// Negative controls: with a protection taken away, the very scenarios that test it must fail.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../database.ts";
import branchSkips from "./branch-skips.scenario.ts";
import lateReport from "./late-report.scenario.ts";
import leaseLapses from "./lease-lapses.scenario.ts";
import { play } from "./play.ts";

const invariants = readFileSync(join(import.meta.dirname, "../../supabase/tests/invariants.sql"), "utf8");

let database: TestDatabase;
let sql: postgres.Sql;
beforeEach(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 1, onnotice: () => {} });
});
afterEach(async () => {
  await sql.end();
  await database.drop();
});

async function rewrite(routine: string, from: string, to: string): Promise<void> {
  const [source] = await sql<{ text: string }[]>`select pg_get_functiondef(${routine}::regprocedure) as text`;
  const text = source?.text ?? "";
  expect(text).toContain(from);
  await sql.unsafe(text.replaceAll(from, to));
}

it("takes a dead worker's report when the fence is off", async () => {
  await rewrite(
    "engine.fence_reports(text, engine.step_report[])",
    "where step.status = 'running' and step.attempt = report.attempt",
    "where step.status = 'running'",
  );
  const played = await play(sql, lateReport);
  expect(played.output).toEqual({ from: "the dead" });
});

it("refuses a move whose row is missing", async () => {
  await sql`delete from engine.step_moves where event_kind = 'step.skipped' and from_status = 'pending'`;
  await expect(play(sql, branchSkips)).rejects.toThrow(
    "Step small cannot go from pending to skipped by step.skipped.",
  );
});

it("leaves a gap that the invariants see when an event is lost", async () => {
  await sql`create function engine.lose_event() returns trigger language plpgsql as 'begin return null; end'`;
  await sql`
    create trigger a_loses_events before insert on public.run_events
    for each row when (new.kind = 'step.recovered') execute function engine.lose_event()`;
  await play(sql, leaseLapses);
  expect(await sql.unsafe(invariants)).toMatchObject([{ promise: "events are dense from 1 to last_seq" }]);
});

it("never recovers a crashed step when lapsed leases are ignored", async () => {
  await rewrite("engine.find_due(integer)", "and (status = 'running' and exists", "and (false and exists");
  await expect(play(sql, leaseLapses)).rejects.toThrow("did not come to an end");
});
