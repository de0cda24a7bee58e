import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../e2e/database.ts";
import { as, castPeople, type Cast, members } from "./people.ts";
import { refusalOf } from "./refusal.ts";

let db: TestDatabase;
let cast: Cast;
beforeAll(async () => {
  db = await createTestDatabase();
  cast = await castPeople(db);
});
afterAll(() => db.drop());

describe("create_workspace", () => {
  test("makes the caller its owner, with the payload right, and four lanes", async () => {
    const id = await db.createUser("founder@example.com");
    const sql = db.asUser(id);
    const [made] = await sql`select * from public.create_workspace(name => '  Night shift  ')`;
    expect(made).toMatchObject({ slug: "night-shift", name: "Night shift", created_by: id });
    expect(await sql`select user_id, role, may_see_payloads from public.members`).toMatchObject([
      { user_id: id, role: "owner", may_see_payloads: true },
    ]);
    expect(
      await sql`select name, title, colour, position, wip_limit, paused from public.lanes order by position`,
    ).toMatchObject([
      { name: "A", title: "Interactive", colour: "#0f9d8a", position: 1, wip_limit: null, paused: false },
      { name: "B", title: "Standard", colour: "#3b82c4", position: 2, wip_limit: null, paused: false },
      { name: "C", title: "Background", colour: "#b7791f", position: 3, wip_limit: null, paused: false },
      { name: "D", title: "Experiments", colour: "#b4508f", position: 4, wip_limit: null, paused: false },
    ]);
  });

  test("finds another slug when the first is taken, without telling how many there are", async () => {
    const [made] = await as(db, cast, "stranger")`select slug, name from public.create_workspace('Alpha')`;
    expect(made!["name"]).toBe("Alpha");
    expect(made!["slug"]).toMatch(/^alpha-[0-9a-f]{6}$/);
  });

  test.for([
    ["Ünïted Ops 2", "united-ops-2"],
    ["24/7", "workspace"],
    ["日本", "workspace"],
    ["---", "workspace"],
  ])("the name %j becomes a slug like %j", async ([name, slug]) => {
    const [made] = await as(db, cast, "stranger")`select slug from public.create_workspace(${name!})`;
    expect(made!["slug"].startsWith(slug)).toBe(true);
  });

  test.for(["", "   ", "x".repeat(81)])("refuses the name %j", async (name) => {
    expect(await refusalOf(as(db, cast, "owner")`select public.create_workspace(${name})`)).toEqual({
      code: "RB422",
      message: "A workspace needs a name of 1 to 80 characters.",
      hint: "Give it another name.",
    });
  });
});

describe("accounts", () => {
  test("a sign-up leaves a profile, a changed address is followed, people who share nothing do not see it", async () => {
    const id = await db.createUser("ada@example.com");
    const read = () => db.asUser(id)`select user_id, email, display_name from public.profiles`;
    expect([...(await read())]).toEqual([{ user_id: id, email: "ada@example.com", display_name: "ada" }]);
    await db.sql`update auth.users set email = 'ada@example.org' where id = ${id}`;
    expect([...(await read())]).toEqual([{ user_id: id, email: "ada@example.org", display_name: "ada" }]);
    const seen = await as(db, cast, "owner")`select 1 from public.profiles where user_id = ${id}`;
    expect(seen.length).toBe(0);
  });

  test("members see each other's profiles", async () => {
    const rows = await as(
      db,
      cast,
      "blindViewer",
    )`select display_name from public.profiles order by display_name`;
    expect(rows.map((row) => row["display_name"])).toEqual([
      "blindViewer",
      "editor",
      "operator",
      "owner",
      "viewer",
    ]);
  });
});

describe("set_lane", () => {
  test("changes what the patch names and keeps the rest", async () => {
    const [lane] = await as(db, cast, "owner")`
      select * from public.set_lane(${cast.alpha}, 'B', ${db.sql.json({ title: "Nightly", wip_limit: 2, colour: "#ABCDEF" })})`;
    expect(lane).toMatchObject({
      name: "B",
      title: "Nightly",
      colour: "#abcdef",
      wip_limit: 2,
      paused: false,
    });
    const [open] = await as(db, cast, "owner")`
      select * from public.set_lane(${cast.alpha}, 'B', ${db.sql.json({ wip_limit: null, paused: true })})`;
    expect(open).toMatchObject({ title: "Nightly", wip_limit: null, paused: true });
  });

  test.for(members.filter((person) => person !== "owner"))("is refused to the %s", async (person) => {
    expect(
      (await refusalOf(as(db, cast, person)`select public.set_lane(${cast.alpha}, 'A', '{}')`)).code,
    ).toBe("RB403");
  });

  test.for([
    [{ wip_limit: 0 }],
    [{ wip_limit: -1 }],
    [{ wip_limit: 1.5 }],
    [{ wip_limit: 1e12 }],
    [{ wip_limit: "2" }],
    [{ colour: "red" }],
    [{ title: "" }],
    [{ title: null }],
    [{ paused: "yes" }],
    [{ position: 1 }],
    [{ workspace_id: "x" }],
    [[]],
    ["x"],
  ])("refuses the patch %j", async ([patch]) => {
    const { sql } = db;
    const refused = as(
      db,
      cast,
      "owner",
    )`select public.set_lane(${cast.alpha}, 'A', ${sql.json(patch as never)})`;
    expect((await refusalOf(refused)).code).toBe("RB422");
  });

  test("says which lane is missing", async () => {
    expect(
      (await refusalOf(as(db, cast, "owner")`select public.set_lane(${cast.alpha}, 'Z', '{}')`)).message,
    ).toBe('There is no lane "Z" in this workspace.');
  });
});

describe("members", () => {
  test("only an owner adds, changes and removes; others may leave", async () => {
    for (const person of members.filter((name) => name !== "owner")) {
      const sql = as(db, cast, person);
      const { viewer, owner } = cast.ids;
      const change = sql`select public.change_member(${cast.alpha}, ${viewer}, 'owner')`;
      expect((await refusalOf(change)).code).toBe("RB403");
      expect((await refusalOf(sql`select public.remove_member(${cast.alpha}, ${owner})`)).code).toBe("RB403");
      const add = sql`select public.add_member(${cast.alpha}, 'stranger@example.com', 'owner')`;
      expect((await refusalOf(add)).code).toBe("RB403");
    }
    const id = await db.createUser("guest@example.com");
    await as(db, cast, "owner")`select public.add_member(${cast.alpha}, 'Guest@Example.com ', 'viewer')`;
    await db.asUser(id)`select public.remove_member(${cast.alpha}, ${id})`;
    expect((await db.sql`select 1 from public.members where user_id = ${id}`).length).toBe(0);
  });

  test("a changed role and payload right hold at once", async () => {
    const id = await db.createUser("riser@example.com");
    const owner = as(db, cast, "owner");
    await owner`select public.add_member(${cast.alpha}, 'riser@example.com', 'viewer')`;
    expect(
      (await refusalOf(db.asUser(id)`select public.create_workflow(${cast.alpha}, null, 'X')`)).code,
    ).toBe("RB403");
    await owner`select public.change_member(${cast.alpha}, ${id}, 'editor', true)`;
    await db.asUser(id)`select public.create_workflow(${cast.alpha}, null, 'By the riser')`;
    const [member] = await db.sql`select role, may_see_payloads from public.members where user_id = ${id}`;
    expect(member).toEqual({ role: "editor", may_see_payloads: true });
  });

  test("the last owner can neither leave nor step down", async () => {
    const owner = as(db, cast, "owner");
    const message = "This is the last owner of the workspace.";
    const leave = owner`select public.remove_member(${cast.alpha}, ${cast.ids.owner})`;
    expect((await refusalOf(leave)).message).toBe(message);
    const down = owner`select public.change_member(${cast.alpha}, ${cast.ids.owner}, 'viewer')`;
    expect((await refusalOf(down)).message).toBe(message);
    await owner`select public.change_member(${cast.alpha}, ${cast.ids.owner}, null, true)`;
  });

  test("two owners who remove each other at the same moment leave one behind", async () => {
    const [one, two] = [await db.createUser("one@example.com"), await db.createUser("two@example.com")];
    const [made] = await db.asUser(one)`select id from public.create_workspace('Duel')`;
    await db.asUser(one)`select public.add_member(${made!["id"]}, 'two@example.com', 'owner')`;
    await Promise.allSettled([
      db.asUser(one)`select public.remove_member(${made!["id"]}, ${two})`,
      db.asUser(two)`select public.remove_member(${made!["id"]}, ${one})`,
    ]);
    expect((await db.sql`select 1 from public.members where workspace_id = ${made!["id"]}`).length).toBe(1);
  });

  test("an address without an account and a member's address get the same answer", async () => {
    const owner = as(db, cast, "owner");
    const unknown = await refusalOf(
      owner`select public.add_member(${cast.alpha}, 'nobody@example.com', 'viewer')`,
    );
    const known = await refusalOf(
      owner`select public.add_member(${cast.alpha}, 'editor@example.com', 'viewer')`,
    );
    expect(unknown).toEqual(known);
    expect(unknown.code).toBe("RB409");
  });

  test("refuses a role that does not exist", async () => {
    const refused = as(
      db,
      cast,
      "owner",
    )`select public.add_member(${cast.alpha}, 'stranger@example.com', 'admin')`;
    expect((await refusalOf(refused)).message).toBe('"admin" is not a role.');
  });
});
