// A part of a value that is a file is a reference to that file: SQL never opens one, and never loses one.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function pick(value: object | null, path: string[]): Promise<unknown> {
  const { sql } = database;
  const [row] = await sql`select engine.pick_path(${sql.json(value as never)}, ${path}::text[]) as part`;
  return row?.["part"];
}
const file = { path: "w/r/f.json", sha256: "a".repeat(64), bytes: 70_000, mime: "application/json" };

it("gives the part of a value that stands in the row", async () => {
  expect(await pick({ a: [{ b: 7 }] }, ["a", "0", "b"])).toBe(7);
  expect(await pick({ a: 1 }, [])).toEqual({ a: 1 });
  expect(await pick({ a: null }, ["a"])).toBeNull();
  expect(await pick({ a: 1 }, ["b", "c"])).toBeNull();
});

it("names the part of a file by where it stands in it", async () => {
  const value = { small: 1, large: { $blob: file } };
  expect(await pick(value, ["large"])).toEqual({ $blob: file });
  expect(await pick(value, ["large", "rows", "0"])).toEqual({ $blob: { ...file, at: ["rows", "0"] } });
  expect(await pick({ $blob: file }, ["rows"])).toEqual({ $blob: { ...file, at: ["rows"] } });
});

it("goes deeper where a reference stands in a file already", async () => {
  expect(await pick({ $blob: { ...file, at: ["a"] } }, ["b"])).toEqual({
    $blob: { ...file, at: ["a", "b"] },
  });
});
