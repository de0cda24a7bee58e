import { afterAll, beforeAll, expect, test } from "vitest";
import { applyBootstrap } from "../../supabase/embedded/bootstrap.ts";
import { createTestDatabase, openTestDatabase, type TestDatabase } from "../database.ts";
import { applySchemas } from "../schema-files.ts";

// A hosted project, and a self-hosted one even more so, hands rights on new tables, functions and sequences to the API roles by
// itself. What we close must stay closed there.
let plain: TestDatabase;
let hosted: TestDatabase;
beforeAll(async () => {
  plain = await createTestDatabase();
  const url = new URL(plain.url);
  url.pathname = `${url.pathname}_hosted`;
  const name = url.pathname.slice(1);
  await plain.sql`create database ${plain.sql(name)}`;
  await applyBootstrap(url.href);
  hosted = openTestDatabase(url.href);
  for (const kind of ["tables", "functions", "sequences"]) {
    await hosted.sql.unsafe(
      `alter default privileges for role postgres in schema public grant all on ${kind} to anon, authenticated, service_role`,
    );
  }
  await applySchemas(url.href);
});
afterAll(async () => {
  await hosted?.drop();
  await plain?.drop();
});

async function rights(db: TestDatabase): Promise<string[]> {
  const rows = await db.sql`
    select role || ' ' || privilege || ' ' || relation as line
    from (
      select role, privilege, c.oid::regclass::text as relation
      from pg_class c, unnest(array['anon', 'authenticated', 'service_role', 'runboard_engine']) as role,
        unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as privilege
      where c.relnamespace in ('public'::regnamespace, 'engine'::regnamespace) and c.relkind in ('r', 'p', 'v', 'm')
        and has_table_privilege(role, c.oid, privilege)
      union all
      select role, 'execute', p.oid::regprocedure::text
      from pg_proc p, unnest(array['anon', 'authenticated', 'service_role', 'runboard_engine']) as role
      where p.pronamespace in ('public'::regnamespace, 'engine'::regnamespace) and has_function_privilege(role, p.oid, 'execute')
      union all
      select role, 'usage', c.oid::regclass::text
      from pg_class c, unnest(array['anon', 'authenticated', 'service_role', 'runboard_engine']) as role
      where c.relnamespace in ('public'::regnamespace, 'engine'::regnamespace) and c.relkind = 'S'
        and has_sequence_privilege(role, c.oid, 'usage')
    ) as found
    order by 1`;
  return rows.map((row) => row["line"]);
}

test("a project that grants by default ends up with the same rights as one that does not", async () => {
  const onHosted = await rights(hosted);
  expect(onHosted).toEqual(await rights(plain));
  expect(onHosted.filter((line) => line.startsWith("anon"))).toEqual([]);
  expect(onHosted.length).toBeGreaterThan(30);
});
