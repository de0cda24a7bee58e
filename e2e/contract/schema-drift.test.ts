import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyBootstrap } from "../../supabase/embedded/bootstrap.ts";
import { applyMigrations } from "../../supabase/embedded/migrate.ts";
import { createTestDatabase, openTestDatabase, type TestDatabase } from "../database.ts";
import { dumpCatalogue } from "./read-catalogue-dump.ts";

const MIGRATIONS = join(import.meta.dirname, "../../supabase/migrations");

let fromSchemas: TestDatabase;
let fromMigrations: TestDatabase;
beforeAll(async () => {
  fromSchemas = await createTestDatabase();
  const url = new URL(fromSchemas.url);
  url.pathname = `${url.pathname}_migrated`;
  const name = url.pathname.slice(1);
  await fromSchemas.sql`create database ${fromSchemas.sql(name)}`;
  await applyBootstrap(url.href);
  await applyMigrations(url.href, MIGRATIONS);
  fromMigrations = openTestDatabase(url.href);
});
afterAll(async () => {
  await fromMigrations?.drop();
  await fromSchemas?.drop();
});

test("migrations build the same database as the schemas", async () => {
  const migrated = await dumpCatalogue(fromMigrations.sql);
  const declared = await dumpCatalogue(fromSchemas.sql);
  expect(migrated.filter((line) => !declared.includes(line))).toEqual([]);
  expect(declared.filter((line) => !migrated.includes(line))).toEqual([]);
  expect(declared.length).toBeGreaterThan(400);
});

test.for([
  [
    "a function's body",
    "create or replace function engine.role_rank(p_role text) returns int language sql as 'select 4'",
  ],
  ["a trigger", "alter table public.versions disable trigger versions_never_change"],
  ["a policy", "alter policy members_read on public.runs using (true)"],
  [
    "a policy on a table of the platform",
    "alter policy runboard_editors_send on realtime.messages with check (true)",
  ],
  ["a grant", "grant select on public.runs to anon"],
  [
    "a right to execute",
    "grant execute on function engine.write_audit(uuid, uuid, text, text, jsonb) to anon",
  ],
  ["a column's default", "alter table public.members alter column may_see_payloads set default true"],
  ["row security", "alter table public.runs no force row level security"],
  ["an index", "drop index public.members_of_user"],
])("the dump notices a change of %s", async ([, change]) => {
  const before = await dumpCatalogue(fromSchemas.sql);
  const undo = new Error("undo");
  let after: string[] = [];
  await fromSchemas.sql
    .begin(async (tx) => {
      await tx.unsafe(change!);
      after = await dumpCatalogue(tx as unknown as typeof fromSchemas.sql);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  expect(after).not.toEqual(before);
});
