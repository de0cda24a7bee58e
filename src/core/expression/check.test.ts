import { describe, expect, test } from "vitest";
import { checkExpression, completions } from "../expression.ts";
import type { Schema } from "../json.ts";

const roots: Record<string, Schema> = {
  input: {
    type: "object",
    required: ["total"],
    properties: {
      total: { type: "number" },
      count: { type: "integer" },
      name: { type: "string" },
      note: { anyOf: [{ type: "string" }, { type: "null" }] },
      tags: { type: "array", items: { type: "string" } },
      rows: { type: "array", items: { type: "object", properties: { id: { type: "integer" } } } },
      flag: { type: "boolean" },
      any: {},
      headers: { type: "object", additionalProperties: { type: "string" } },
    },
  },
  vars: { type: "object", properties: { limit: { type: "integer" } }, additionalProperties: false },
};

describe("the type of an expression", () => {
  test.each<[string, Schema]>([
    ["input.total > vars.limit", { type: "boolean" }],
    ["input.count + 1", { type: "integer" }],
    ["input.count / 2", { type: "number" }],
    ["input.total + 1", { type: "number" }],
    ["input.name + '!'", { type: "string" }],
    ["input.any.deep.thing", {}],
    ["input.headers.accept", { type: "string" }],
    ["input.headers['x-id'].size()", { type: "integer" }],
    ["input.rows[0].id", { type: "integer" }],
    ["input.rows.map(r, r.id)", { type: "array", items: { type: "integer" } }],
    ["input.rows.filter(r, r.id > 1)[0].id", { type: "integer" }],
    ["input.tags.sort().first()", { anyOf: [{ type: "string" }, { type: "null" }] }],
    ["default(input.note, 'x')", { anyOf: [{ type: "string" }, { const: "x" }] }],
    ["default(input.gone, 'x')", {}],
    ["has(input.gone)", { type: "boolean" }],
    [
      "{'a': input.count, 'b': 'x'}",
      {
        type: "object",
        properties: { a: { type: "integer" }, b: { const: "x" } },
        required: ["a", "b"],
        additionalProperties: false,
      },
    ],
    ["cel.bind(n, input.count, n + n)", { type: "integer" }],
    ["timestamp(input.name) - timestamp(input.name) > duration('1h')", { type: "boolean" }],
    ["input.any + 1", { type: "number" }],
    ["input.note == null || input.flag", { type: "boolean" }],
    ["'a' in input.tags ? 1 : 'x'", { anyOf: [{ type: "integer" }, { const: "x" }] }],
  ])("%s is %j", (source, type) => {
    expect(checkExpression(source, roots)).toEqual({ type });
  });

  test.each<[string, string, RegExp, number]>([
    ["input.totl > 1", "ref.unknown", /no field totl.*Did you mean total/, 5],
    ["inputs.total", "ref.unknown", /no inputs here.*Did you mean input/, 0],
    ["vars.limits", "ref.unknown", /Did you mean limit/, 4],
    ["input.name + 1", "expr.type", /\+ does not work on text and a number/, 11],
    ["input.name > 1", "expr.type", /> does not work on text and a number/, 11],
    ["input.name && true", "expr.type", /needed/, 5],
    ["input.tags.upper()", "expr.type", /upper\(\) on a list of texts does not work/, 0],
    ["input.name.uper()", "expr.type", /no function uper.*Did you mean upper/, 0],
    ["upper(input.name)", "expr.type", /Write value.upper/, 0],
    ["input.name.abs()", "expr.type", /Write abs\(value\)/, 0],
    ["input.name[0]", "expr.type", /cannot be indexed/, 0],
    ["input.total.cents", "expr.type", /a number has no field cents/, 11],
    ["input.total.map(x, x)", "expr.type", /goes over a list/, 5],
    ["input.rows.map(r, r.idd)", "ref.unknown", /Did you mean id/, 19],
    ["1 +", "expr.syntax", /cannot be read/, 3],
    ["", "expr.syntax", /empty/, 0],
    ["input.name.matches('a')", "expr.limit", /glob/, 0],
    ["5u + 1u", "expr.type", /Unsigned/, 0],
  ])("%s has the problem %s", (source, code, says, _position) => {
    const checked = checkExpression(source, roots);
    expect("error" in checked ? `${checked.error.code}` : checked).toBe(code);
    if ("error" in checked) expect(`${checked.error.message} ${checked.error.hint}`).toMatch(says);
  });

  test("names the place of a problem", () => {
    const checked = checkExpression("input.total > 1 && input.totl < 2", roots);
    expect(
      "error" in checked &&
        "input.total > 1 && input.totl < 2".slice(checked.error.position, checked.error.end),
    ).toBe("totl");
  });

  test("a result that can never fit what is wanted is refused", () => {
    expect(checkExpression("input.total", roots, { type: "boolean" })).toMatchObject({
      error: { code: "expr.type" },
    });
    expect(checkExpression("input.any", roots, { type: "boolean" })).toEqual({ type: {} });
  });
});

test("completion offers values by path with their types, and every function with its words", () => {
  const offered = completions(roots);
  const label = (text: string) => offered.find((one) => one.label === text);
  expect(label("input.total")).toMatchObject({ kind: "value", type: "a number" });
  expect(label("vars.limit")).toMatchObject({ type: "a whole number" });
  expect(label(".upper()")).toMatchObject({ kind: "method", type: "text" });
  expect(label("round()")).toMatchObject({ kind: "function" });
  expect(label("has()")).toBeDefined();
  expect(label(".matches()")).toBeUndefined();
  expect(offered.filter((one) => one.kind !== "value" && one.doc === "").map((one) => one.label)).toEqual([]);
});
