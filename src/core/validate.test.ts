import { expect, test } from "vitest";
import type { Json } from "./json.ts";
import { validateJson } from "./validate.ts";

const schema = {
  type: "object",
  required: ["total"],
  properties: { total: { type: "number", minimum: 0 }, items: { type: "array", items: { type: "string" } } },
};

test("a value that fits is accepted, and further fields are no harm", () => {
  expect(validateJson(schema, { total: 0, items: [], more: true })).toEqual({ ok: true });
});

test("each violation says where it is", () => {
  const result = validateJson(schema, { total: -1, items: ["a", 2] });
  expect(result.ok ? [] : result.errors.map(({ path }) => path)).toEqual(["total", "items[1]"]);
});

test("a missing value is called missing", () => {
  expect(validateJson(schema, {})).toEqual({
    ok: false,
    errors: [{ path: "total", message: "This is required, and it is missing" }],
  });
});

test("an evil pattern is not run", () => {
  expect(validateJson({ type: "string", pattern: "(a+)+$" }, `${"a".repeat(40)}!`)).toEqual({ ok: true });
  expect(
    validateJson({ type: "object", patternProperties: { "(a+)+$": {} } }, { [`${"a".repeat(40)}!`]: 1 }),
  ).toEqual({ ok: true });
});

test("a field may be called like a keyword", () => {
  expect(
    validateJson({ type: "object", properties: { pattern: { type: "number" } } }, { pattern: "x" }).ok,
  ).toBe(false);
});

test("a schema that is not one says nothing", () => {
  expect(validateJson({ type: "nonsense" }, 1)).toEqual({ ok: true });
  expect(validateJson({ $ref: "https://example.com/schema" }, 1)).toEqual({ ok: true });
});

const twice = (words: number, keyword: string) => ({
  $defs: Object.fromEntries(
    Array.from({ length: words + 1 }, (_, n) => {
      const next = { $ref: `#/$defs/d${n + 1}` };
      return [`d${n}`, n === words ? { type: "string" } : { [keyword]: [next, next] }];
    }),
  ),
  $ref: "#/$defs/d0",
});

test("S-08 references that name each other twice do not stand for millions of checks", () => {
  for (const keyword of ["allOf", "anyOf", "oneOf"]) {
    expect(validateJson(twice(200, keyword), 1)).toEqual({ ok: true });
  }
  expect(validateJson(twice(5, "allOf"), "fits")).toEqual({ ok: true });
  expect(validateJson(twice(5, "allOf"), 1).ok).toBe(false);
});

test("S-08 a reference to itself ends", () => {
  expect(validateJson({ $ref: "#" }, 1)).toEqual({ ok: true });
  expect(validateJson({ $defs: { a: { $ref: "#/$defs/a" } }, $ref: "#/$defs/a" }, 1)).toEqual({ ok: true });
});

test("a recursive schema is checked as deep as people nest", () => {
  const schema = {
    type: "object",
    properties: { name: { type: "string" }, child: { $ref: "#" } },
    required: ["name"],
  };
  const nested = { name: "a", child: { name: "b", child: { name: 3 } } };
  const result = validateJson(schema, nested);
  expect(result.ok ? [] : result.errors.map(({ path }) => path)).toEqual(["child.child.name"]);
  const deep = Array.from({ length: 5_000 }).reduce<Json>((child) => ({ name: "x", child }), { name: "x" });
  expect(validateJson(schema, deep)).toEqual({ ok: true });
});

test("S-08 a huge value against many alternatives is refused, not checked", () => {
  const anyOf = Array.from({ length: 3_000 }, (_, n) => ({ const: n }));
  const result = validateJson({ type: "array", items: { anyOf } }, Array(100_000).fill("x"));
  expect(result.ok ? [] : result.errors.map(({ message }) => message)).toEqual([
    "The value is too large for a schema with so many alternatives",
  ]);
});
