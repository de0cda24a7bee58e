import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../e2e/database.ts";
import { emptyPlan } from "./plans.ts";
import { as, castPeople, type Cast } from "./people.ts";
import { refusalOf } from "./refusal.ts";

let db: TestDatabase;
let cast: Cast;
let workflow: string;
beforeAll(async () => {
  db = await createTestDatabase();
  cast = await castPeople(db);
  const [made] = await as(
    db,
    cast,
    "editor",
  )`select id from public.create_workflow(${cast.alpha}, 'lookup', 'Look up')`;
  workflow = made!["id"];
});
afterAll(() => db.drop());

interface Publishing {
  user?: string;
  plan?: object;
  hash?: string;
  channel?: string;
  target?: string;
}

function publish({
  user = cast.ids.editor,
  plan,
  hash,
  channel = "published",
  target = workflow,
}: Publishing = {}) {
  const content = plan ?? emptyPlan("a");
  const planHash = hash ?? emptyPlan("a").planHash;
  return db.asEngine()`
    select engine.publish_version(
      ${user}, ${target}, '{}', ${db.sql.json(content as never)}, ${planHash}, 'First', ${channel}) as answer`;
}

describe("publish_version", () => {
  test("numbers versions from 1 and makes a published one live", async () => {
    const [first] = await publish();
    expect(first!["answer"]).toEqual({ n: 1, planHash: "a".repeat(64) });
    const [second] = await publish({ plan: emptyPlan("b"), hash: "b".repeat(64) });
    expect(second!["answer"]).toEqual({ n: 2, planHash: "b".repeat(64) });
    const [row] = await db.sql`select live_version from public.workflows where id = ${workflow}`;
    expect(row).toEqual({ live_version: 2 });
  });

  test("a test version is stored and never live", async () => {
    const before = await db.sql`select live_version from public.workflows where id = ${workflow}`;
    const [answer] = await publish({ channel: "test" });
    const [row] = await db.sql`
      select channel, created_by from public.versions where workflow_id = ${workflow} and n = ${answer!["answer"].n}`;
    expect(row).toEqual({ channel: "test", created_by: cast.ids.editor });
    expect(await db.sql`select live_version from public.workflows where id = ${workflow}`).toEqual(before);
  });

  test("the same plan stored twice for a test is one version", async () => {
    const [first] = await publish({ channel: "test" });
    const [second] = await publish({ channel: "test" });
    expect(second).toEqual(first);
  });

  test("refuses a hash that is not the plan's, and another channel", async () => {
    expect((await refusalOf(publish({ hash: "c".repeat(64) }))).code).toBe("RB422");
    expect((await refusalOf(publish({ plan: {}, hash: "x" }))).code).toBe("RB422");
    expect((await refusalOf(publish({ channel: "beta" }))).code).toBe("RB422");
  });

  test("asks for the role of the person named, whoever calls", async () => {
    expect((await refusalOf(publish({ user: cast.ids.operator }))).code).toBe("RB403");
    expect((await refusalOf(publish({ user: cast.ids.viewer }))).code).toBe("RB403");
    expect((await refusalOf(publish({ user: cast.ids.stranger }))).code).toBe("RB404");
    expect((await refusalOf(publish({ user: cast.ids.exMember }))).code).toBe("RB404");
    const missing = "00000000-0000-4000-8000-000000000000";
    expect((await refusalOf(publish({ target: missing }))).code).toBe("RB404");
  });

  test("refuses an archived workflow", async () => {
    const [made] = await as(
      db,
      cast,
      "editor",
    )`select id from public.create_workflow(${cast.alpha}, null, 'Old')`;
    await as(
      db,
      cast,
      "editor",
    )`select public.update_workflow(${made!["id"]}, ${db.sql.json({ status: "archived" })})`;
    expect((await refusalOf(publish({ target: made!["id"] }))).code).toBe("RB409");
  });

  test("numbers versions densely when two people publish at the same moment", async () => {
    const [made] = await as(
      db,
      cast,
      "editor",
    )`select id from public.create_workflow(${cast.alpha}, null, 'Race')`;
    await Promise.all(Array.from({ length: 4 }, () => publish({ target: made!["id"] })));
    const rows = await db.sql`select n from public.versions where workflow_id = ${made!["id"]} order by n`;
    expect(rows.map((row) => row["n"])).toEqual([1, 2, 3, 4]);
  });
});

test("a stored version changes for nobody, not even the database's owner", async () => {
  const refuse = async (statement: string) => (await refusalOf(db.asRole("postgres").unsafe(statement))).code;
  expect(await refuse("update public.versions set plan = '{}'")).toBe("RB405");
  expect(await refuse("delete from public.versions")).toBe("RB405");
  expect(await refuse("truncate public.versions cascade")).toBe("RB405");
});

describe("surroundings", () => {
  const read = async (person: "viewer" | "stranger") => {
    const [row] =
      await db.asEngine()`select engine.surroundings(${cast.ids[person]}, ${cast.alpha}) as around`;
    return row!["around"];
  };

  test("lists what the compiler may refer to", async () => {
    const [made] = await as(
      db,
      cast,
      "editor",
    )`select id from public.create_workflow(${cast.alpha}, 'helper', 'Helper')`;
    const plan = emptyPlan("d");
    await publish({ target: made!["id"], plan, hash: plan.planHash });
    const { workflows, tools, connections } = await read("viewer");
    expect(workflows).toContainEqual({
      slug: "helper",
      title: "Helper",
      version: 1,
      input: plan.input,
      output: plan.outputSchema,
    });
    expect(tools).toEqual([]);
    expect(connections).toEqual([]);
  });

  test("leaves out drafts without a live version and archived workflows", async () => {
    const [made] = await as(
      db,
      cast,
      "editor",
    )`select id from public.create_workflow(${cast.alpha}, 'gone', 'Gone')`;
    await publish({ target: made!["id"] });
    await as(
      db,
      cast,
      "editor",
    )`select public.update_workflow(${made!["id"]}, ${db.sql.json({ status: "archived" })})`;
    await as(db, cast, "editor")`select public.create_workflow(${cast.alpha}, 'unpublished', 'Unpublished')`;
    const slugs = (await read("viewer")).workflows.map((one: { slug: string }) => one.slug);
    expect(slugs).not.toContain("gone");
    expect(slugs).not.toContain("unpublished");
  });

  test("are refused to a stranger", async () => {
    expect((await refusalOf(read("stranger"))).code).toBe("RB404");
  });
});
