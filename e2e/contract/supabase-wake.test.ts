import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

const FIXTURE = join(import.meta.dirname, "supabase-fixture");

let stack: TestStack;
let sql: postgres.Sql;
beforeAll(async () => {
  stack = await startTestStack({
    functionsDir: join(FIXTURE, "worker"),
    functionsConfig: join(FIXTURE, "no-config.toml"),
    migrationsDir: join(FIXTURE, "worker-migrations"),
  });
  sql = postgres(stack.database.adminUrl, { max: 2, onnotice: () => {} });
});
afterAll(async () => {
  await sql.end();
  await stack.stop();
});

async function countPokes(): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from pokes`;
  return row?.count ?? 0;
}

test("the worker is asked at start and again without being told to", async () => {
  await expect.poll(countPokes, { timeout: 10_000 }).toBeGreaterThan(1);
});

test("a notification wakes the worker, and a hundred at once are a few pokes", async () => {
  await sql`update poke_settings set next_due_ms = 1000000`;
  const before = await countPokes();
  await sql`select pg_notify('runboard_wake', '') from generate_series(1, 100)`;
  await expect.poll(countPokes).toBeGreaterThan(before);
  expect(await countPokes()).toBeLessThanOrEqual(before + 4);
});

test("a time the worker names is kept", async () => {
  await sql`update poke_settings set next_due_ms = 10`;
  const before = await countPokes();
  await expect.poll(countPokes, { timeout: 10_000 }).toBeGreaterThan(before + 20);
  await sql`update poke_settings set next_due_ms = null`;
});

test("more than two pokes are never in flight", async () => {
  const [row] = await sql<{ most: number }[]>`select max(in_flight) as most from pokes`;
  expect(row?.most).toBeLessThanOrEqual(2);
});
