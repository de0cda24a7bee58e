import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../e2e/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test("the workers' role owns nothing and is no member of any other role", async () => {
  const [role] = await db.sql`
    select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit
    from pg_roles where rolname = 'runboard_engine'`;
  expect(role).toEqual({
    rolsuper: false,
    rolbypassrls: false,
    rolcreaterole: false,
    rolcreatedb: false,
    rolinherit: false,
  });
  const [memberships] = await db.sql`
    select count(*)::int as n from pg_auth_members where member = 'runboard_engine'::regrole`;
  expect(memberships).toEqual({ n: 0 });
  const [owned] = await db.sql`
    select count(*)::int as n from pg_class where relowner = 'runboard_engine'::regrole`;
  expect(owned).toEqual({ n: 0 });
});
