// S-07: the one place where people write SQL. Each wall is also tried with the one before it taken down.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../e2e/database.ts";
import { queryProblem } from "../../src/core/sql-guard.ts";
import { castPeople, type Cast } from "./people.ts";
import { putOneRowEach } from "./one-row-each.ts";

let db: TestDatabase;
let cast: Cast;
let run: string;
beforeAll(async () => {
  db = await createTestDatabase();
  cast = await castPeople(db);
  ({ run } = await putOneRowEach(db, cast));
});
afterAll(() => db.drop());

async function rows(query: string, params: object = {}, workspace = cast.alpha): Promise<unknown> {
  const [row] = await db.asEngine()`
    select engine.query_rows(${workspace}, ${query}, ${JSON.stringify(params)}::text::jsonb) as answer`;
  return row?.["answer"];
}

/** The same without the check of the text. */
async function unchecked(query: string): Promise<unknown> {
  const undo = new Error("undo");
  let answer: unknown;
  await db.sql
    .begin(async (tx) => {
      await tx`create or replace function engine.query_problem(p_query text) returns text language plpgsql immutable set search_path = '' as 'begin return null; end'`;
      await tx`set local role runboard_engine`;
      const [row] = await tx`select engine.query_rows(${cast.alpha}, ${query}, '{}') as answer`;
      answer = row?.["answer"];
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return answer;
}

describe("S-07 a query of a verifier", () => {
  test("reads the runs of its workspace, with parameters that are never part of its text", async () => {
    expect(await rows("select title, lane from runs where id::text = $1 ->> 'run'", { run })).toEqual([
      { title: "Site check", lane: "A" },
    ]);
    expect(
      await rows("select count(*) as n from steps where title = $1 ->> 'a'", { a: "' or true --" }),
    ).toEqual([{ n: 0 }]);
    expect(await rows("with mine as (select kind from public.artifacts) select * from mine")).toEqual([
      { kind: "text" },
    ]);
  });

  test("sees nothing of another workspace, whatever it asks", async () => {
    expect(await rows("select id from runs", {}, cast.beta)).toEqual([]);
    expect(await rows(`select id from runs where workspace_id = '${cast.alpha}'`, {}, cast.beta)).toEqual([]);
    expect(await rows("select id from workflows union all select id from runs", {}, cast.beta)).toEqual([]);
  });

  test.for([
    "select body from artifacts",
    "select * from step_payloads",
    "select * from run_payloads",
    "select * from connections",
    "select * from members",
    "select * from audit_log",
    "select * from versions",
    "select * from engine.connection_secrets",
    "select * from auth.users",
  ])("may not read payloads, people or credentials: %s", async (query) => {
    await expect(rows(query)).rejects.toMatchObject({ code: "42501" });
  });

  test.for([
    "",
    "select 1; drop table public.runs",
    "select 1 ; ",
    "delete from runs",
    "with gone as (delete from runs returning id) select * from gone",
    "select * into copied from runs",
    "copy runs to stdout",
    "set role postgres",
    "explain select 1",
    "values (1)",
    "select 1 -- a comment",
    "select 1 /* a comment",
    "select '/*' || '*/' /* x */",
    "select $$text$$",
    "select $tag$text$tag$",
    "select $2",
    'select "id" from runs',
    "select E'\\'' || set_config('role','postgres',true) || '\\''",
    "select U&'\\0027'",
    "select 'open",
    "select 'it''s' , 'open",
    "select set_config('runboard.workspace', '', true)",
    "select set_config ('a', 'b', true)",
    "select pg_catalog.set_config('a', 'b', true)",
    "select current_setting('runboard.workspace')",
    "select pg_sleep(10)",
    "select lo_import('/etc/passwd')",
    "select query_to_xml('select 1', true, true, '')",
    "select dblink('x')",
    "select nextval('x')",
    "select public.start_run(id, '{}') from workflows",
    "select id from runs for update",
    "select * from pg_stat_activity",
    "select * from information_schema.tables",
    "select 1 operator(pg_catalog.+) 1",
    "with recursive forever as (select 1 union all select 1) select * from forever",
    "select 1\u00a0",
    "select \u0455et_config('a','b',true)",
  ])("is refused, and by both readers in the same words: %j", async (query) => {
    const [row] = await db.sql`select engine.query_problem(${query}) as problem`;
    expect(row?.["problem"]).toEqual(expect.any(String));
    expect(queryProblem(query)).toBe(row?.["problem"]);
    await expect(rows(query)).rejects.toMatchObject({ code: "RB422" });
  });

  test.for([
    "select 'a;b--c' as t",
    "select 'it''s fine' as t",
    "select count(*) filter (where status = 'failed') as failed, max(created_at) as last from runs",
    "select r.id, (select count(*) from steps s where s.run_id = r.id) as n from runs r where r.created_at > now() - interval '1 day'",
    "select status, row_number() over (partition by lane order by created_at) as n from runs where status in ('queued', 'running')",
    "select coalesce(waiting_for ->> 'kind', 'none') as why from runs",
  ])("is taken: %s", async (query) => {
    expect(queryProblem(query)).toBeNull();
    await expect(rows(query)).resolves.toEqual(expect.any(Array));
  });

  test("gives no more than 1,000 rows and 256 KB", async () => {
    const many = Array.from({ length: 1_001 }, (_, n) => n);
    const listed = "select value from jsonb_array_elements($1 -> 'list')";
    expect(await rows(listed, { list: many.slice(1) })).toHaveLength(1_000);
    await expect(rows(listed, { list: many })).rejects.toMatchObject({ code: "RB413" });
    await expect(rows("select $1 ->> 'big' as big", { big: "x".repeat(262_144) })).rejects.toMatchObject({
      code: "RB413",
    });
  });
});

describe("S-07 behind the check of the text", () => {
  test.for([
    ["a second statement", "select 1; select 2", "42P11"],
    ["a write", "insert into lanes default values", /42P11|0A000|42501/],
    ["a write inside a select", "with x as (delete from runs returning id) select * from x", /0A000|42501/],
    ["another role", "select set_config('role', 'postgres', true)", "42501"],
    [
      "another workspace",
      "with x as (select set_config('runboard.workspace', gen_random_uuid()::text, true) as c) select id from runs, x",
      "RB422",
    ],
    ["a verb", "select public.start_run(id, '{}') from public.workflows", "42501"],
    ["the machine", "select engine.claim_steps('me', 1, 1000)", "42501"],
    ["a file", "select pg_read_file('/etc/passwd')", "42501"],
  ] as const)("%s is refused all the same", async ([, query, code]) => {
    await expect(unchecked(query)).rejects.toMatchObject({
      code: typeof code === "string" ? code : expect.stringMatching(code),
    });
  });

  test("the control: without any wall the role itself still sees no row", async () => {
    const seen = await db.sql.begin(async (tx) => {
      await tx`set local role runboard_verifier`;
      return await tx`select id from public.runs`;
    });
    expect([...seen]).toEqual([]);
  });

  test("the role cannot log in, owns one function and is granted reading only", async () => {
    const [role] = await db.sql`
      select rolcanlogin, rolsuper, rolbypassrls, rolinherit from pg_roles where rolname = 'runboard_verifier'`;
    expect(role).toEqual({ rolcanlogin: false, rolsuper: false, rolbypassrls: false, rolinherit: false });
    const owned = await db.sql`select proname from pg_proc where proowner = 'runboard_verifier'::regrole`;
    expect(owned.map((row) => row["proname"])).toEqual(["query_rows"]);
    const granted = await db.sql`
      select c.relname || ' ' || string_agg(distinct g.privilege_type, ',') as line
      from pg_class c cross join lateral aclexplode(c.relacl) as g
      where g.grantee = 'runboard_verifier'::regrole group by c.relname order by 1`;
    expect(granted.map((row) => row["line"])).toEqual([
      "attempts SELECT",
      "lanes SELECT",
      "runs SELECT",
      "steps SELECT",
      "workflows SELECT",
    ]);
  });
});
