// Which values the database finds to satisfy a JSON Schema, and what it says of the others.
import type postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";

let database: TestDatabase;
let sql: postgres.Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.sql;
});
afterAll(() => database.drop());

const json = (value: unknown) => sql`${JSON.stringify(value)}::text::jsonb`;
async function misfit(schema: unknown, value: unknown): Promise<string | null> {
  const [row] = await sql`select engine.misfit(${json(schema)}, ${json(value)}) as said`;
  return row?.["said"];
}

const person = {
  type: "object",
  required: ["name"],
  properties: { name: { type: "string", minLength: 2 }, age: { type: ["integer", "null"], minimum: 0 } },
  additionalProperties: false,
};
const tree = {
  $defs: {
    node: {
      type: "object",
      required: ["n"],
      properties: { n: { type: "number" }, next: { $ref: "#/$defs/node" } },
    },
  },
  $ref: "#/$defs/node",
};
const blob = { $blob: { path: "x", sha256: "a", bytes: 70_000, mime: "application/json" } };

it.for<[string, unknown, unknown]>([
  ["anything", {}, [1, { a: null }]],
  ["true", true, 5],
  ["an object", person, { name: "Ada", age: 36 }],
  ["null where null is a type", person, { name: "Ada", age: null }],
  ["a whole number written with a point", { type: "integer" }, 2.0],
  ["an allowed value", { enum: ["a", 1, null] }, null],
  ["the constant", { const: { a: 1 } }, { a: 1 }],
  ["one alternative of any", { anyOf: [{ type: "string" }, { type: "number" }] }, 1],
  ["exactly one alternative", { oneOf: [{ type: "string" }, { minimum: 3 }] }, 4],
  ["all of them", { allOf: [{ minimum: 1 }, { maximum: 3 }] }, 2],
  ["the items of a list", { type: "array", items: { type: "number" }, minItems: 1 }, [1, 2]],
  ["a tuple with a rest", { prefixItems: [{ type: "string" }], items: { type: "number" } }, ["a", 1, 2]],
  ["a reference", tree, { n: 1, next: { n: 2 } }],
  ["unknown words", { type: "string", pattern: "^a", format: "email", "x-labels": ["untrusted"] }, "b"],
  ["extra fields by default", { type: "object", properties: { a: {} } }, { b: 1 }],
])("%s fits", async ([, schema, value]) => {
  expect(await misfit(schema, value)).toBeNull();
});

it.for<[unknown, unknown, string]>([
  [false, 1, "the value: nothing is allowed here"],
  [person, {}, 'the value: "name" is missing'],
  [person, { name: "A" }, "name: is shorter than 2"],
  [person, { name: "Ada", age: -1 }, "age: is less than 0"],
  [person, { name: "Ada", age: 1.5 }, "age: is of type number, not integer or null"],
  [person, { name: "Ada", job: "x" }, "job: nothing is allowed here"],
  [
    { type: "array", items: person },
    [{ name: "Ada" }, { name: 1 }],
    "[1].name: is of type number, not string",
  ],
  [{ maxItems: 1 }, [1, 2], "the value: has 2 items, more than 1"],
  [{ uniqueItems: true }, [1, 1], "the value: holds the same item twice"],
  [{ enum: ["a"] }, "b", "the value: is none of the allowed values"],
  [{ const: 1 }, 2, "the value: is not the one allowed value"],
  [{ anyOf: [{ type: "string" }, { type: "null" }] }, 1, "the value: fits none of the alternatives"],
  [{ oneOf: [{ minimum: 1 }, { minimum: 2 }] }, 3, "the value: fits more than one of the alternatives"],
  [{ exclusiveMaximum: 3 }, 3, "the value: is not less than 3"],
  [{ multipleOf: 0.5 }, 0.7, "the value: is no multiple of 0.5"],
  [
    { type: "object", additionalProperties: { type: "number" } },
    { a: "x" },
    "a: is of type string, not number",
  ],
  [tree, { n: 1, next: { n: "x" } }, "next.n: is of type string, not number"],
])("%j says of %j: %s", async ([schema, value, said]) => {
  expect(await misfit(schema, value)).toBe(said);
});

it("leaves open what is stored as a file, unless something else decides it", async () => {
  const [row] = await sql`
    select engine.fits(${json({ type: "string" })}, ${json(blob)}) as alone,
      engine.fits('{}', ${json(blob)}) as anything,
      engine.fits(${json({ type: "object", properties: { a: { type: "string" }, b: { type: "number" } } })}, ${json({ a: blob, b: "x" })}) as beside,
      engine.fits(${json({ anyOf: [{ type: "object", required: ["z"] }, { type: "null" }] })}, ${json(blob)}) as either`;
  expect(row).toEqual({ alone: null, anything: true, beside: false, either: null });
});

it("ends on a schema that refers to itself without end", async () => {
  expect(await misfit({ $ref: "#" }, 1)).toBeNull();
});
