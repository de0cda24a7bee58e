import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../e2e/database.ts";
import { as, castPeople, type Cast, members, outsiders, type Person } from "./people.ts";
import { refusalOf } from "./refusal.ts";

let db: TestDatabase;
let cast: Cast;
let path: string;
beforeAll(async () => {
  db = await createTestDatabase();
  cast = await castPeople(db);
  path = `${cast.alpha}/${cast.beta}/output.json`;
  await db.sql`insert into storage.objects (bucket_id, name) values ('runs', ${path})`;
});
afterAll(() => db.drop());

test("the bucket of run files is private", async () => {
  expect(await db.sql`select name, public from storage.buckets where id = 'runs'`).toMatchObject([
    { name: "runs", public: false },
  ]);
});

test("files are listed and read with the payload right of the workspace in their first folder", async () => {
  const found: Person[] = [];
  for (const person of [...members, ...outsiders]) {
    const rows = await as(db, cast, person)`select name from storage.objects where bucket_id = 'runs'`;
    if (rows.length > 0) found.push(person);
  }
  expect(found).toEqual(["owner", "editor", "viewer"]);
  expect((await db.asAnon()`select name from storage.objects`).length).toBe(0);
});

test.for([...members, ...outsiders])(
  "the %s can neither write, overwrite, move nor delete a file",
  async (person) => {
    const sql = as(db, cast, person);
    const insert = sql`insert into storage.objects (bucket_id, name) values ('runs', ${`${cast.alpha}/x/mine.json`})`;
    expect((await refusalOf(insert)).code).toBe("42501");
    expect((await sql`update storage.objects set name = ${`${cast.beta}/x.json`} returning id`).length).toBe(
      0,
    );
    expect((await sql`delete from storage.objects returning id`).length).toBe(0);
    expect((await db.sql`select 1 from storage.objects where name = ${path}`).length).toBe(1);
  },
);

test("a file whose first folder is no workspace is nobody's", async () => {
  for (const name of ["", "output.json", "../x", `${cast.alpha}x/y`, "%/y", ` ${cast.alpha}/y`]) {
    await db.sql`insert into storage.objects (bucket_id, name) values ('runs', ${name})`;
  }
  const rows = await as(db, cast, "owner")`select name from storage.objects`;
  expect(rows.map((row) => row["name"])).toEqual([path]);
});

test("other buckets stay closed to members", async () => {
  await db.sql`insert into storage.buckets (id, name) values ('other', 'other')`;
  await db.sql`insert into storage.objects (bucket_id, name) values ('other', ${path})`;
  const rows = await as(db, cast, "owner")`select bucket_id from storage.objects`;
  expect(rows.map((row) => row["bucket_id"])).toEqual(["runs"]);
});
