import { expect, test } from "vitest";
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
