import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../e2e/database.ts";
import { as, castPeople, type Cast } from "./people.ts";
import { emptyPlan } from "./plans.ts";
import { refusalOf } from "./refusal.ts";

let db: TestDatabase;
let cast: Cast;
beforeAll(async () => {
  db = await createTestDatabase();
  cast = await castPeople(db);
});
afterAll(() => db.drop());

async function brokenAt(workspace: string): Promise<string | null> {
  const [row] = await db.sql`select engine.verify_audit(${workspace}) as n`;
  return row!["n"];
}

test("each deed leaves one row: who, what, to what", async () => {
  const owner = as(db, cast, "owner");
  const [made] = await owner`select id from public.create_workflow(${cast.alpha}, 'audited', 'Audited')`;
  await owner`select public.set_lane(${cast.alpha}, 'A', ${db.sql.json({ wip_limit: 3 })})`;
  await owner`select public.change_member(${cast.alpha}, ${cast.ids.viewer}, 'viewer', true)`;
  const plan = emptyPlan("e");
  await db.asEngine()`
    select engine.publish_version(
      ${cast.ids.owner}, ${made!["id"]}, '{}', ${db.sql.json(plan)}, ${plan.planHash}, '', 'published')`;
  await owner`select public.update_workflow(${made!["id"]}, ${db.sql.json({ status: "archived" })})`;
  const rows = await owner`
    select actor, verb, subject, data from public.audit_log where workspace_id = ${cast.alpha} order by n desc limit 4`;
  const { ids } = cast;
  expect([...rows]).toEqual([
    { actor: ids.owner, verb: "workflow.archived", subject: "audited", data: { from: "active" } },
    {
      actor: ids.owner,
      verb: "version.published",
      subject: "audited",
      data: { version: 1, planHash: plan.planHash },
    },
    {
      actor: ids.owner,
      verb: "member.changed",
      subject: ids.viewer,
      data: { role: "viewer", maySeePayloads: true },
    },
    { actor: ids.owner, verb: "lane.changed", subject: "A", data: { wip_limit: 3 } },
  ]);
});

test("a new workspace and its members are in the log from its first row", async () => {
  const rows = await as(db, cast, "owner")`
    select n::int, verb from public.audit_log where workspace_id = ${cast.alpha} order by n limit 7`;
  expect([...rows]).toEqual([
    { n: 1, verb: "workspace.created" },
    { n: 2, verb: "member.added" },
    { n: 3, verb: "member.added" },
    { n: 4, verb: "member.added" },
    { n: 5, verb: "member.added" },
    { n: 6, verb: "member.added" },
    { n: 7, verb: "member.removed" },
  ]);
});

test("a refused deed leaves no row", async () => {
  const count = () => db.sql`select count(*)::int as n from public.audit_log`;
  const before = await count();
  await refusalOf(
    as(db, cast, "viewer")`select public.set_lane(${cast.alpha}, 'A', ${db.sql.json({ paused: true })})`,
  );
  expect(await count()).toEqual(before);
});

test.for(["postgres", "authenticated", "service_role", "runboard_engine", "supabase_admin"])(
  "the log is changed by nobody: %s is refused",
  async (role) => {
    for (const statement of [
      "update public.audit_log set actor = null",
      "delete from public.audit_log",
      "truncate public.audit_log",
    ]) {
      const { code } = await refusalOf(db.asRole(role).unsafe(statement));
      expect(code).toBe(["postgres", "supabase_admin"].includes(role) ? "RB405" : "42501");
    }
  },
);

test("the chain holds, also when many write at the same moment", async () => {
  await Promise.all(
    Array.from(
      { length: 20 },
      (_, n) => db.sql`select engine.write_audit(${cast.alpha}, null, 'test.deed', ${String(n)})`,
    ),
  );
  const [row] = await db.sql`
    select count(*) = max(n) and min(n) = 1 as dense from public.audit_log where workspace_id = ${cast.alpha}`;
  expect(row).toEqual({ dense: true });
  expect(await brokenAt(cast.alpha)).toBe(null);
  expect(await brokenAt(cast.beta)).toBe(null);
});

/** What somebody with the rights of a superuser could do: switch the trigger off and tamper. Undone afterwards. */
async function brokenAfter(tampering: string): Promise<string | null> {
  let found: string | null = null;
  const undo = new Error("undo");
  await db.sql
    .begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx.unsafe(tampering, []);
      [found] = (await tx`select engine.verify_audit(${cast.alpha}) as n`).map((row) => row["n"]);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return found;
}

test.for([
  ["a changed actor", "update public.audit_log set actor = null where n = 3", "3"],
  ["changed data", `update public.audit_log set data = '{"role": "owner"}' where n = 3`, "3"],
  ["a changed time", "update public.audit_log set at = at + interval '1 second' where n = 3", "3"],
  ["a row taken out of the middle", "delete from public.audit_log where n = 3", "4"],
])("%s is found", async ([, tampering, at]) => {
  expect(await brokenAfter(tampering!)).toBe(at);
});

test("rows cut off the end are found", async () => {
  const [last] = await db.sql`select max(n) as n from public.audit_log where workspace_id = ${cast.alpha}`;
  expect(await brokenAfter(`delete from public.audit_log where n >= ${last!["n"]}`)).toBe(last!["n"]);
});
