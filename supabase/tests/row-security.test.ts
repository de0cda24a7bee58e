import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cloneTemplate,
  createTestDatabase,
  openTestDatabase,
  type TestDatabase,
} from "../../e2e/database.ts";
import { putOneRowEach } from "./one-row-each.ts";
import { as, castPeople, type Cast, members, outsiders, type Person } from "./people.ts";

/** Who sees the one row of Alpha in a table; everybody else sees none. A table missing here fails the first test. */
const everyMember: Person[] = ["owner", "editor", "operator", "viewer", "blindViewer"];
const payloadReaders: Person[] = ["owner", "editor", "viewer"];
const readers: Record<string, Person[]> = {
  approvals: ["owner", "editor", "operator", "viewer"],
  artifacts: payloadReaders,
  attempt_payloads: payloadReaders,
  attempts: everyMember,
  audit_log: ["owner"],
  connections: everyMember,
  drafts: everyMember,
  firing_payloads: payloadReaders,
  firings: everyMember,
  hook_paths: ["owner", "editor"],
  lanes: everyMember,
  members: everyMember,
  operation_runs: everyMember,
  operations: everyMember,
  profiles: everyMember,
  proofs: payloadReaders,
  rollups: everyMember,
  run_events: everyMember,
  run_payloads: payloadReaders,
  runs: everyMember,
  step_payloads: payloadReaders,
  steps: everyMember,
  tools: everyMember,
  triggers: everyMember,
  versions: everyMember,
  workflows: everyMember,
  workspaces: everyMember,
};

/** Condition that picks Alpha's rows, for the tables that do not carry `workspace_id`. */
const ofAlpha: Record<string, (cast: Cast) => [column: string, value: string]> = {
  profiles: ({ ids }) => ["user_id", ids.owner],
  workspaces: ({ alpha }) => ["id", alpha],
};

type Seen = Record<Person | "anon", string>;

/** `rows`, `none` or the SQLSTATE, per person. */
async function whoReads(db: TestDatabase, cast: Cast, table: string): Promise<Seen> {
  const [column, value] = ofAlpha[table]?.(cast) ?? ["workspace_id", cast.alpha];
  const read = async (sql: TestDatabase["sql"]) => {
    try {
      const rows = await sql`select 1 from ${sql(`public.${table}`)} where ${sql(column)} = ${value}`;
      return rows.length > 0 ? "rows" : "none";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const entries = [...members, ...outsiders].map(async (person) => [
    person,
    await read(as(db, cast, person)),
  ]);
  return Object.fromEntries([...(await Promise.all(entries)), ["anon", await read(db.asAnon())]]);
}

function expected(table: string): Seen {
  const seen = [...members, ...outsiders].map((person) => [
    person,
    readers[table]?.includes(person) ? "rows" : "none",
  ]);
  return { ...Object.fromEntries(seen), anon: "42501" };
}

async function refusalCode(query: PromiseLike<unknown>): Promise<string> {
  try {
    await query;
    return "allowed";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

let db: TestDatabase;
let cast: Cast;
beforeAll(async () => {
  db = await createTestDatabase();
  cast = await castPeople(db);
  await putOneRowEach(db, cast);
});
afterAll(() => db.drop());

test("every table of the API is in the catalogue above", async () => {
  const tables = await db.sql`
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') order by relname`;
  expect(tables.map((table) => table["relname"])).toEqual(Object.keys(readers));
});

test("row security is enabled and forced on every table", async () => {
  const open = await db.sql`
    select oid::regclass::text as table from pg_class
    where relkind in ('r', 'p') and (
      (relnamespace = 'public'::regnamespace and not (relrowsecurity and relforcerowsecurity))
      or (relnamespace = 'engine'::regnamespace and not relrowsecurity)
    )`;
  expect(open.map((row) => row["table"])).toEqual([]);
});

describe.for(Object.keys(readers))("%s", (table) => {
  test("is read by whom the catalogue names", async () => {
    expect(await whoReads(db, cast, table)).toEqual(expected(table));
  });

  const key = table === "profiles" ? "user_id" : table === "workspaces" ? "id" : "workspace_id";
  test.for([...members, ...outsiders])(
    "takes no direct insert, update, move or delete from the %s",
    async (person) => {
      const sql = as(db, cast, person);
      const name = sql(`public.${table}`);
      expect(await refusalCode(sql`insert into ${name} default values`)).toBe("42501");
      expect(await refusalCode(sql`update ${name} set ${sql(key)} = ${sql(key)}`)).toBe("42501");
      expect(await refusalCode(sql`update ${name} set ${sql(key)} = ${cast.beta}`)).toBe("42501");
      expect(await refusalCode(sql`delete from ${name}`)).toBe("42501");
      expect(await refusalCode(sql`truncate ${name} cascade`)).toBe("42501");
    },
  );

  test("takes nothing from a request without a session", async () => {
    const sql = db.asAnon();
    const name = sql(`public.${table}`);
    expect(await refusalCode(sql`insert into ${name} default values`)).toBe("42501");
    expect(await refusalCode(sql`update ${name} set ${sql(key)} = ${sql(key)}`)).toBe("42501");
    expect(await refusalCode(sql`delete from ${name}`)).toBe("42501");
  });
});

describe("the matrix notices", () => {
  async function withBroken(statement: string, table: string): Promise<Seen> {
    const { inject } = await import("vitest");
    const broken = openTestDatabase(await cloneTemplate(inject("templateUrl")));
    try {
      const people = await castPeople(broken);
      await putOneRowEach(broken, people);
      await broken.sql.unsafe(statement);
      return await whoReads(broken, people, table);
    } finally {
      await broken.drop();
    }
  }

  test("a dropped policy", async () => {
    const seen = await withBroken("drop policy members_read on public.runs", "runs");
    expect(seen).not.toEqual(expected("runs"));
    expect(seen.owner).toBe("none");
  });

  test("a policy that lets everybody in", async () => {
    const seen = await withBroken(
      "create policy wide on public.run_payloads for select to authenticated using (true)",
      "run_payloads",
    );
    expect(seen).not.toEqual(expected("run_payloads"));
    expect(seen.stranger).toBe("rows");
  });

  test("row security switched off", async () => {
    const seen = await withBroken("alter table public.steps disable row level security", "steps");
    expect(seen.exMember).toBe("rows");
  });
});

test("a person whose account was deleted sees nothing with the token they still hold", async () => {
  const id = await db.createUser("leaver@example.com");
  const owner = as(db, cast, "owner");
  await owner`select public.add_member(${cast.alpha}, 'leaver@example.com', 'viewer', true)`;
  expect((await db.asUser(id)`select id from public.runs`).length).toBe(1);
  await db.sql`delete from auth.users where id = ${id}`;
  expect((await db.asUser(id)`select id from public.runs`).length).toBe(0);
});

test("nobody but its owner sees a workspace that is not shared", async () => {
  const [seen] = await as(
    db,
    cast,
    "owner",
  )`select count(*)::int as n from public.workspaces where id = ${cast.beta}`;
  expect(seen).toEqual({ n: 0 });
  const [own] = await as(db, cast, "stranger")`select count(*)::int as n from public.workspaces`;
  expect(own).toEqual({ n: 1 });
});
