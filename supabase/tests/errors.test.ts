import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../e2e/database.ts";
import { refusalOf } from "./refusal.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const MISSING = "00000000-0000-4000-8000-000000000000";

test("a verb's refusal carries a code, a message and a hint", async () => {
  const id = await db.createUser("errors@example.com");
  expect(await refusalOf(db.asUser(id)`select public.save_draft(${MISSING}, '{}', 1)`)).toEqual({
    code: "RB404",
    message: "There is no such workflow, or you are not a member of its workspace.",
    hint: "Check the address, or ask an owner of the workspace to add you.",
  });
});

test("a call through REST gets status, code, message and hint in the form REST passes on", async () => {
  const id = await db.createUser("rest@example.com");
  const refused = db.asUser(id).begin(async (tx) => {
    await tx`select set_config('request.method', 'POST', true)`;
    await tx`select public.save_draft(${MISSING}, '{}', 1)`;
  });
  const error = (await refused.catch((cause: unknown) => cause)) as {
    code: string;
    message: string;
    detail: string;
  };
  expect(error.code).toBe("PGRST");
  expect(JSON.parse(error.message)).toEqual({
    code: "RB404",
    message: "There is no such workflow, or you are not a member of its workspace.",
    hint: "Check the address, or ask an owner of the workspace to add you.",
    details: null,
  });
  expect(JSON.parse(error.detail)).toEqual({ status: 404, headers: {} });
});

test("a foreign workflow and a missing one get the same answer, byte for byte", async () => {
  const owner = db.asUser(await db.createUser("a@example.com"));
  const stranger = db.asUser(await db.createUser("b@example.com"));
  const [workspace] = await owner`select id from public.create_workspace('Mine')`;
  const [workflow] = await owner`select id from public.create_workflow(${workspace!["id"]}, null, 'Secret')`;
  const foreign = await refusalOf(stranger`select public.update_workflow(${workflow!["id"]}, '{}')`);
  expect(foreign).toEqual(await refusalOf(stranger`select public.update_workflow(${MISSING}, '{}')`));
  const elsewhere = await refusalOf(stranger`select public.create_workflow(${workspace!["id"]}, null, 'X')`);
  expect(elsewhere).toEqual(await refusalOf(stranger`select public.create_workflow(${MISSING}, null, 'X')`));
});

describe("without a person behind the request", () => {
  test.for([
    ["create_workspace", "select public.create_workspace('X')"],
    ["create_workflow", `select public.create_workflow('${MISSING}', null, 'X')`],
    ["save_draft", `select public.save_draft('${MISSING}', '{}', 1)`],
    ["update_workflow", `select public.update_workflow('${MISSING}', '{}')`],
    ["set_lane", `select public.set_lane('${MISSING}', 'A', '{}')`],
    ["add_member", `select public.add_member('${MISSING}', 'x@example.com', 'viewer')`],
    ["change_member", `select public.change_member('${MISSING}', '${MISSING}')`],
    ["remove_member", `select public.remove_member('${MISSING}', '${MISSING}')`],
    ["delete_connection", `select public.delete_connection('${MISSING}', 'x')`],
  ])("%s is refused: no session may not call it, an anonymous sign-in is nobody", async ([, call]) => {
    expect((await refusalOf(db.asAnon().unsafe(call!))).code).toBe("42501");
    const anonymous = db.asUser(MISSING, { is_anonymous: true });
    expect((await refusalOf(anonymous.unsafe(call!))).code).toBe("RB401");
  });
});

test("every code raised anywhere is in the documented list", async () => {
  const rows = await db.sql`
    select distinct found[1] as code
    from pg_proc p, regexp_matches(p.prosrc, '''(RB[0-9]{3})''', 'g') as found
    where p.pronamespace in ('public'::regnamespace, 'engine'::regnamespace)
      and not exists (select from engine.error_codes where code = found[1])`;
  expect([...rows]).toEqual([]);
});
