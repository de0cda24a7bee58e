import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../e2e/database.ts";
import { putOneRowEach } from "./one-row-each.ts";
import { as, castPeople, type Cast, members, outsiders, type Person } from "./people.ts";

let db: TestDatabase;
let cast: Cast;
let made: { run: string; workflow: string };
beforeAll(async () => {
  db = await createTestDatabase();
  cast = await castPeople(db);
  made = await putOneRowEach(db, cast);
});
afterAll(() => db.drop());

/** Asks as Realtime does at a join: put a message there, look with the person's role whether it shows, leave no trace. */
async function mayListen(sql: TestDatabase["sql"], topic: string, extension = "broadcast"): Promise<boolean> {
  const message = { topic, extension, event: "probe", private: true };
  await db.sql`delete from realtime.messages`;
  await db.sql`insert into realtime.messages ${db.sql(message)}`;
  return sql.begin(async (tx) => {
    await tx`select set_config('realtime.topic', ${topic}, true)`;
    return (
      (await tx`select 1 from realtime.messages where topic = ${topic} and extension = ${extension}`).length >
      0
    );
  });
}

async function maySend(sql: TestDatabase["sql"], topic: string, extension = "broadcast"): Promise<boolean> {
  try {
    await sql.begin(async (tx) => {
      await tx`select set_config('realtime.topic', ${topic}, true)`;
      await tx`insert into realtime.messages (topic, extension, event, private) values (${topic}, ${extension}, 'x', true)`;
    });
    return true;
  } catch (error) {
    expect((error as { code: string }).code).toBe("42501");
    return false;
  }
}

async function whoListens(topic: string): Promise<Person[]> {
  const found: Person[] = [];
  for (const person of [...members, ...outsiders]) {
    if (await mayListen(as(db, cast, person), topic)) found.push(person);
  }
  return found;
}

async function whoSends(topic: string, extension?: string): Promise<Person[]> {
  const found: Person[] = [];
  for (const person of [...members, ...outsiders]) {
    if (await maySend(as(db, cast, person), topic, extension)) found.push(person);
  }
  return found;
}

describe("listening", () => {
  test("members hear their workspace, its runs and its workflows; nobody else does", async () => {
    const everyMember = ["owner", "editor", "operator", "viewer", "blindViewer"];
    expect(await whoListens(`workspace:${cast.alpha}`)).toEqual(everyMember);
    expect(await whoListens(`run:${made.run}`)).toEqual(everyMember);
    expect(await whoListens(`workflow:${made.workflow}`)).toEqual(everyMember);
  });

  test("the tail of a run is content: it needs the payload right", async () => {
    expect(await whoListens(`run:${made.run}:tail`)).toEqual(["owner", "editor", "viewer"]);
  });

  test("a stranger hears their own workspace only", async () => {
    expect(await mayListen(as(db, cast, "stranger"), `workspace:${cast.beta}`)).toBe(true);
    expect(await mayListen(as(db, cast, "owner"), `workspace:${cast.beta}`)).toBe(false);
  });

  test("a request without a session hears nothing", async () => {
    expect(await mayListen(db.asAnon(), `workspace:${cast.alpha}`)).toBe(false);
    expect(await mayListen(db.asAnon(), `run:${made.run}`)).toBe(false);
  });

  test.for([
    "",
    ":",
    "::",
    "workspace",
    "workspace:",
    "run:",
    "workspace:not-a-uuid",
    "workspace:%",
    "run:' or true --",
    "audit:00000000-0000-0000-0000-000000000000",
    "run:00000000-0000-0000-0000-000000000000",
    "*",
    "workspace:*",
  ])("the topic %j is closed to everybody and no error", async (topic) => {
    expect(await mayListen(as(db, cast, "owner"), topic)).toBe(false);
    expect(await maySend(as(db, cast, "owner"), topic)).toBe(false);
  });

  test.for(["WORKSPACE:", "workspaces:", " workspace:", "run:", "workspace:x:"])(
    "a known id after %j opens nothing",
    async (prefix) => {
      expect(await mayListen(as(db, cast, "owner"), `${prefix}${cast.alpha}`)).toBe(false);
    },
  );

  test("what follows a valid topic closes it", async () => {
    expect(await mayListen(as(db, cast, "owner"), `run:${made.run}:log`)).toBe(false);
    expect(await mayListen(as(db, cast, "owner"), `run:${made.run}:tail:x`)).toBe(false);
    expect(await mayListen(as(db, cast, "owner"), `workspace:${cast.alpha}:tail`)).toBe(false);
    expect(await mayListen(as(db, cast, "owner"), `workspace:${cast.alpha}\n`)).toBe(false);
  });
});

describe("sending", () => {
  test("editors send broadcasts and presence on a workflow", async () => {
    expect(await whoSends(`workflow:${made.workflow}`)).toEqual(["owner", "editor"]);
    expect(await whoSends(`workflow:${made.workflow}`, "presence")).toEqual(["owner", "editor"]);
  });

  test("nobody sends on a workspace or a run: those speak for the database", async () => {
    expect(await whoSends(`workspace:${cast.alpha}`)).toEqual([]);
    expect(await whoSends(`run:${made.run}`)).toEqual([]);
    expect(await whoSends(`run:${made.run}:tail`)).toEqual([]);
  });

  test("nobody sends another kind of message", async () => {
    expect(await whoSends(`workflow:${made.workflow}`, "postgres_changes")).toEqual([]);
  });

  test("a request without a session sends nothing", async () => {
    expect(await maySend(db.asAnon(), `workflow:${made.workflow}`)).toBe(false);
  });

  test("a workflow's topic under another name is closed", async () => {
    expect(await maySend(as(db, cast, "editor"), `workflow:${made.workflow}:x`)).toBe(false);
    expect(await maySend(as(db, cast, "editor"), `xworkflow:${made.workflow}`)).toBe(false);
    expect(await maySend(as(db, cast, "editor"), `workflow:${made.workflow}\n`)).toBe(false);
  });
});

test("leaving a workspace closes its topics", async () => {
  const id = await db.createUser("visitor@example.com");
  const owner = as(db, cast, "owner");
  await owner`select public.add_member(${cast.alpha}, 'visitor@example.com', 'editor', true)`;
  expect(await mayListen(db.asUser(id), `workspace:${cast.alpha}`)).toBe(true);
  await owner`select public.remove_member(${cast.alpha}, ${id})`;
  expect(await mayListen(db.asUser(id), `workspace:${cast.alpha}`)).toBe(false);
  expect(await maySend(db.asUser(id), `workflow:${made.workflow}`)).toBe(false);
});
