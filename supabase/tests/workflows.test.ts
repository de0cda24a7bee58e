import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../e2e/database.ts";
import { as, castPeople, type Cast } from "./people.ts";
import { refusalOf } from "./refusal.ts";

let db: TestDatabase;
let cast: Cast;
beforeAll(async () => {
  db = await createTestDatabase();
  cast = await castPeople(db);
});
afterAll(() => db.drop());

const EMPTY = { schemaVersion: 1, nodes: [], edges: [] };

async function create(title: string): Promise<string> {
  const [made] = await as(
    db,
    cast,
    "editor",
  )`select id from public.create_workflow(${cast.alpha}, null, ${title})`;
  return made!["id"];
}

describe("create_workflow", () => {
  test("makes a workflow and an empty draft at revision 1", async () => {
    const [made] = await as(db, cast, "editor")`
      select * from public.create_workflow(
        workspace => ${cast.alpha}, slug => 'site-check', title => ' Site check ', description => 'Looks.', doc => null)`;
    expect(made).toMatchObject({
      workspace_id: cast.alpha,
      slug: "site-check",
      title: "Site check",
      description: "Looks.",
      status: "active",
      live_version: null,
      is_skill: false,
      is_template: false,
      tags: [],
      created_by: cast.ids.editor,
    });
    const [draft] = await as(
      db,
      cast,
      "viewer",
    )`select doc, revision from public.drafts where workflow_id = ${made!["id"]}`;
    expect(draft).toEqual({ doc: EMPTY, revision: 1 });
  });

  test("numbers the slug it makes of the title until it is free", async () => {
    const sql = as(db, cast, "editor");
    const slugs: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const [made] = await sql`select slug from public.create_workflow(${cast.alpha}, null, 'Daily Digest!')`;
      slugs.push(made!["slug"]);
    }
    expect(slugs).toEqual(["daily-digest", "daily-digest-2", "daily-digest-3"]);
  });

  test("refuses a slug that is taken, naming it", async () => {
    await as(db, cast, "editor")`select public.create_workflow(${cast.alpha}, 'taken', 'One')`;
    expect(
      await refusalOf(as(db, cast, "editor")`select public.create_workflow(${cast.alpha}, 'taken', 'Two')`),
    ).toEqual({
      code: "RB409",
      message: 'This workspace already has a workflow "taken".',
      hint: "Choose another slug, or leave it out to get a free one.",
    });
  });

  test.for(["Upper", "1st", "a_b", "", "a".repeat(64), "a b"])("refuses the slug %j", async (slug) => {
    const refused = as(db, cast, "editor")`select public.create_workflow(${cast.alpha}, ${slug}, 'X')`;
    expect((await refusalOf(refused)).code).toBe("RB422");
  });

  test("refuses a document that is none, and leaves nothing behind", async () => {
    for (const doc of [[], "x", 1, {}, { nodes: [] }, { nodes: {}, edges: [] }]) {
      const value = db.sql.json(doc as never);
      const refused = as(
        db,
        cast,
        "editor",
      )`select public.create_workflow(${cast.alpha}, 'bad', 'X', '', ${value})`;
      expect((await refusalOf(refused)).code).toBe("RB422");
    }
    expect((await db.sql`select 1 from public.workflows where slug = 'bad'`).length).toBe(0);
  });

  test("refuses a document over 10 MB, and leaves nothing behind", async () => {
    const doc = db.sql.json({ ...EMPTY, notes: ["x".repeat(10 * 1024 * 1024)] });
    const refused = as(
      db,
      cast,
      "editor",
    )`select public.create_workflow(${cast.alpha}, 'huge', 'X', '', ${doc})`;
    expect((await refusalOf(refused)).code).toBe("RB413");
    expect((await db.sql`select 1 from public.workflows where slug = 'huge'`).length).toBe(0);
  });

  test.for(["operator", "viewer", "blindViewer"] as const)("is refused to the %s", async (person) => {
    const refused = as(db, cast, person)`select public.create_workflow(${cast.alpha}, null, 'X')`;
    expect(await refusalOf(refused)).toMatchObject({
      code: "RB403",
      hint: "Ask an owner of the workspace for the role.",
    });
  });

  test.for(["stranger", "exMember"] as const)(
    "knows nothing of the workspace when the %s asks",
    async (person) => {
      const refused = as(db, cast, person)`select public.create_workflow(${cast.alpha}, null, 'X')`;
      expect((await refusalOf(refused)).code).toBe("RB404");
    },
  );
});

describe("save_draft", () => {
  const changed = { ...EMPTY, nodes: [{ id: "n1" }] };

  test("stores the document and counts the revision up", async () => {
    const id = await create("Saved");
    const [answer] = await as(
      db,
      cast,
      "editor",
    )`select public.save_draft(${id}, ${db.sql.json(changed)}, 1) as saved`;
    expect(answer!["saved"]).toEqual({
      revision: 2,
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*\+00:00$/),
    });
    const [draft] =
      await db.sql`select doc, revision, updated_by from public.drafts where workflow_id = ${id}`;
    expect(draft).toEqual({ doc: changed, revision: 2, updated_by: cast.ids.editor });
  });

  test("refuses a save that starts from an older revision and keeps the newer document", async () => {
    const id = await create("Contested");
    await as(db, cast, "editor")`select public.save_draft(${id}, ${db.sql.json(changed)}, 1)`;
    expect(
      await refusalOf(as(db, cast, "owner")`select public.save_draft(${id}, ${db.sql.json(EMPTY)}, 1)`),
    ).toEqual({
      code: "RB409",
      message: "The draft was saved elsewhere: it is at revision 2, your changes start from 1.",
      hint: "Load the draft again and repeat your change, or keep yours as a copy.",
    });
    const [draft] = await db.sql`select doc from public.drafts where workflow_id = ${id}`;
    expect(draft!["doc"]).toEqual(changed);
  });

  test("of two saves at the same moment one wins and the other is told", async () => {
    const id = await create("Raced");
    const save = (person: "owner" | "editor") =>
      as(db, cast, person)`select public.save_draft(${id}, ${db.sql.json(changed)}, 1)`.then(
        () => "saved",
        (error: { code: string }) => error.code,
      );
    expect((await Promise.all([save("owner"), save("editor")])).toSorted()).toEqual(["RB409", "saved"]);
  });

  test("a missing revision is a conflict, not a wildcard", async () => {
    const id = await create("Null revision");
    const refused = as(db, cast, "editor")`select public.save_draft(${id}, ${db.sql.json(changed)}, null)`;
    expect((await refusalOf(refused)).code).toBe("RB409");
  });

  test.for(["operator", "viewer", "blindViewer"] as const)("is refused to the %s", async (person) => {
    const id = await create("Read only");
    const refused = as(db, cast, person)`select public.save_draft(${id}, ${db.sql.json(changed)}, 1)`;
    expect((await refusalOf(refused)).code).toBe("RB403");
  });
});

describe("update_workflow", () => {
  test("changes what the patch names", async () => {
    const id = await create("Old title");
    const [after] = await as(db, cast, "editor")`
      select * from public.update_workflow(${id}, ${db.sql.json({ title: "New title", tags: ["ops", "night"], status: "paused" })})`;
    expect(after).toMatchObject({
      title: "New title",
      tags: ["ops", "night"],
      status: "paused",
      slug: "old-title",
    });
  });

  test.for([
    [{ status: "deleted" }],
    [{ title: "" }],
    [{ title: "x".repeat(121) }],
    [{ description: "x".repeat(2001) }],
    [{ tags: Array.from({ length: 21 }, () => "t") }],
    [{ tags: "ops" }],
    [{ live_version: 1 }],
    [{ workspace_id: "x" }],
    [null],
  ])("refuses %j", async ([patch]) => {
    const id = await create("Strict");
    const refused = as(
      db,
      cast,
      "editor",
    )`select public.update_workflow(${id}, ${db.sql.json(patch as never)})`;
    expect((await refusalOf(refused)).code).toBe("RB422");
  });

  test.for(["operator", "viewer"] as const)("is refused to the %s", async (person) => {
    const id = await create("Locked");
    const refused = as(
      db,
      cast,
      person,
    )`select public.update_workflow(${id}, ${db.sql.json({ title: "Mine" })})`;
    expect((await refusalOf(refused)).code).toBe("RB403");
  });
});
