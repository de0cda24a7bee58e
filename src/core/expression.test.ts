import { describe, expect, test } from "vitest";
import {
  evaluateExpression,
  namesIn,
  readPath,
  renderTemplate,
  resolveBinding,
  templateParts,
} from "./expression.ts";
import { StepError } from "./failure.ts";
import type { JsonObject } from "./json.ts";

const scope: JsonObject = {
  input: {
    count: 3,
    name: "Ada",
    tags: ["b", "a", "b"],
    empty: null,
    price: 2.5,
    nested: [[1, 2], [3]],
    flag: true,
  },
  steps: { fetch: { output: { body: { total: 12, "odd key": 1 } } } },
};

function code(run: () => unknown): string {
  try {
    return `no error: ${JSON.stringify(run())}`;
  } catch (error) {
    return error instanceof StepError ? `${error.errorClass}/${error.code}` : `not typed: ${String(error)}`;
  }
}

describe("an expression", () => {
  test.each<[string, unknown]>([
    ["1 + 1", 2],
    ["input.count + 1", 4],
    ["1 + input.price", 3.5],
    ["input.count * 2 - 1", 5],
    ["input.count / 2", 1.5],
    ["7 / 2", 3],
    ["input.count % 2", 1],
    ["-input.count", -3],
    ["input.count == 3 && 3 == input.count", true],
    ["input.count >= 3 && input.count < 4", true],
    ["input.empty == null", true],
    ["input.name == null", false],
    ["input.name != 1", true],
    ["input.flag ? null : 'x'", null],
    ["input.flag ? 1 : 2.5", 1],
    ["'a' in input.tags", true],
    ["3 in [1, input.count]", true],
    ["'name' in input", true],
    ["input.tags[0]", "b"],
    ["steps.fetch.output.body['odd key']", 1],
    ["input.tags.distinct().sort()", ["a", "b"]],
    ["input.tags.map(t, t.upper())", ["B", "A", "B"]],
    ["input.tags.filter(t, t != 'a').size()", 2],
    ["input.tags.exists(t, t == 'a')", true],
    ["input.tags.join('-')", "b-a-b"],
    ["[1, 2.5, 'x', null].join(',')", "1,2.5,x,"],
    ["input.nested.flatten()", [1, 2, 3]],
    ["input.nested.flatten().sum()", 6],
    ["[3, 1, 2].sort()", [1, 2, 3]],
    ["[3, 1.5, 2].min()", 1.5],
    ["[].max()", null],
    ["range(3)", [0, 1, 2]],
    ["range(1, input.count)", [1, 2]],
    ["input.tags.first() + input.tags.last()", "bb"],
    ["abs(-2) + floor(2.7) + ceil(2.1) + round(2.5)", 10],
    ["round(2.345, 1)", 2.3],
    ["' x '.trim().replace('x', 'yy')", "yy"],
    ["'a,b'.split(',')", ["a", "b"]],
    ["input.name.substring(1, 3)", "da"],
    ["input.name.substring(input.count - 2)", "da"],
    ["input.name.lower().startsWith('a')", true],
    ["'report-2026.csv'.glob('report-*.csv')", true],
    ["'report.csv'.glob('*-?.csv')", false],
    ["size('héllo') + size([1]) + size({'a': 1})", 7],
    ["{'a': input.count, 'b': [null]}", { a: 3, b: [null] }],
    ["json({'a': 1})", '{"a":1}'],
    ["parseJson('[1,{\"a\":2}]')[1].a", 2],
    ["base64Encode('héllo')", "aMOpbGxv"],
    ["base64Decode('aMOpbGxv')", "héllo"],
    ["sha256('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    ["uriEncode('a b/ü')", "a%20b%2F%C3%BC"],
    ["coalesce(input.empty, 'x')", "x"],
    ["default(input.gone.deeper, 'x')", "x"],
    ["default(input.empty, 'x')", "x"],
    ["default(input.name, 'x')", "Ada"],
    ["has(input.gone) ? 1 : 2", 2],
    ["formatDate('2026-01-31T09:05:00Z', 'dd.MM.yyyy HH:mm')", "31.01.2026 09:05"],
    ["duration('90s')", "90s"],
    ["timestamp('2026-01-31T09:05:00Z') + duration('1h')", "2026-01-31T10:05:00.000Z"],
    ["cel.bind(n, input.count + 1, n * n)", 16],
    ["input.keys().size() > 3", true],
    ["{'a': 1}.merge({'b': 2})", { a: 1, b: 2 }],
    ["string(input.count) + '!'", "3!"],
    ["int('4') + 0.5", 4.5],
  ])("%s is %j", (source, value) => {
    expect(evaluateExpression(source, scope)).toEqual(value);
  });

  test.each<[string, string]>([
    ["input.gone", "validation/missing_value"],
    ["other.x", "validation/missing_value"],
    ["input.tags[9]", "validation/missing_value"],
    ["input.name + 1", "validation/expression_failed"],
    ["1 +", "validation/expression_failed"],
    ["input.count / 0", "validation/expression_failed"],
    ["1 / 0", "validation/expression_failed"],
    ["nosuch(1)", "validation/expression_failed"],
    ["input.name.matches('(a+)+$')", "validation/expression_limit"],
    ["range(2000).all(a, range(2000).all(b, a + b > -1))", "validation/expression_limit"],
    ["range(3).map(a, range(3).map(b, range(3).map(c, a + b + c)))", "validation/expression_limit"],
    ["range(300000).map(x, 'abcdef')", "validation/expression_limit"],
    ["input.constructor", "validation/missing_value"],
    ["input.__proto__.x", "validation/missing_value"],
    ["constructor", "validation/missing_value"],
    ["input.name.constructor", "validation/missing_value"],
  ])("%s fails with %s", (source, expected) => {
    expect(code(() => evaluateExpression(source, scope))).toBe(expected);
  });

  test("an expression that doubles its value again and again is stopped", () => {
    const doubling = `[1]${".map(x, [x, x])".repeat(40)}`;
    expect(code(() => evaluateExpression(doubling, {}))).toBe("validation/expression_limit");
    expect(code(() => evaluateExpression(`${doubling} == ${doubling}`, {}))).toBe(
      "validation/expression_limit",
    );
    let text = "'xxxxxxxxxx'";
    for (let n = 0; n < 30; n++) text = `cel.bind(v${n}, ${text}, v${n} + v${n})`;
    expect(code(() => evaluateExpression(text, {}))).toBe("validation/expression_limit");
  });

  test("keys that name prototypes are inert", () => {
    const hostile = JSON.parse('{"input": {"__proto__": {"x": 1}, "constructor": {"y": 2}}}');
    expect(code(() => evaluateExpression("input.x", hostile))).toBe("validation/missing_value");
    expect(evaluateExpression("input.constructor.y + input.constructor.size()", hostile)).toBe(3);
    expect(JSON.stringify(evaluateExpression("{'__proto__': {'x': 1}, 'a': 1}", hostile))).toBe('{"a":1}');
    evaluateExpression('parseJson(\'{"__proto__": {"x": 1}}\')', {});
    expect(({} as JsonObject).x).toBeUndefined();
  });
});

describe("names", () => {
  test.each<[string, string[]]>([
    ["steps.a.output.body.total > vars.limit", ["steps.a.output.body.total", "vars.limit"]],
    ["input.items[index].x", ["input.items", "index"]],
    ["input.items[0]['a b']", ['input.items[0]["a b"]']],
    ["input.items.map(i, i.x + input.y)", ["input.items", "input.y"]],
    ["has(steps.a.output.x) || default(input.z, vars.q) == 1", ["steps.a.output.x?", "input.z?", "vars.q"]],
    ["cel.bind(v, input.a, v + input.b)", ["input.a", "input.b"]],
    ["{'input': run.id}", ["run.id"]],
    ["1 +", []],
  ])("of %s are %j", (source, names) => {
    expect(namesIn(source)).toEqual(names);
  });
});

describe("a template", () => {
  test("puts strings in as they are, null as nothing and the rest as JSON", () => {
    expect(
      renderTemplate("{{ input.name }}|{{ input.empty }}|{{ input.tags }}|{{ input.count }}", scope),
    ).toBe('Ada||["b","a","b"]|3');
  });
  test("understands braces and quotes inside an expression", () => {
    expect(renderTemplate(`x{{ {"a": "}}"}.a }}y{{ {"a": {"b": 1}} }}`, scope)).toBe('x}}y{"a":{"b":1}}');
    expect(templateParts("a{{ b }}c")).toEqual([
      { text: "a", start: 0, end: 1 },
      { expr: " b ", start: 3, end: 6, closed: true },
      { text: "c", start: 8, end: 9 },
    ]);
  });
  test("fails when a brace is never closed", () => {
    expect(code(() => renderTemplate("a {{ input.name", scope))).toBe("validation/expression_failed");
  });
});

describe("a binding", () => {
  test("keeps the type of a ref and gives null for an absent optional one", () => {
    expect(resolveBinding({ ref: "input.tags" }, scope)).toEqual(["b", "a", "b"]);
    expect(resolveBinding({ ref: "steps.fetch.output.body.total" }, scope)).toBe(12);
    expect(resolveBinding({ ref: "steps.gone.output.x?" }, scope)).toBeNull();
    expect(resolveBinding({ literal: { a: 1 } }, scope)).toEqual({ a: 1 });
    expect(resolveBinding({ template: "{{ input.count }}" }, scope)).toBe("3");
    expect(resolveBinding({ expr: "input.count" }, scope)).toBe(3);
  });
  test("refuses an absent value and anything inherited", () => {
    expect(code(() => readPath("steps.gone.output", scope))).toBe("validation/missing_value");
    expect(code(() => readPath("input.toString", scope))).toBe("validation/missing_value");
    expect(code(() => readPath("input..x", scope))).toBe("validation/missing_value");
  });
});
