import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkExpression, evaluateExpression, renderTemplate } from "../expression.ts";
import { StepError } from "../failure.ts";
import type { JsonObject } from "../json.ts";

const scope: JsonObject = {
  input: {
    x: 1,
    text: "abc",
    list: [1, [2], { y: 3 }],
    big: "ab".repeat(20_000),
    rows: Array.from({ length: 2_000 }, (_, n) => n),
  },
};

function outcome(run: () => unknown): string {
  try {
    run();
    return "value";
  } catch (error) {
    return error instanceof StepError && error.errorClass === "validation"
      ? "typed"
      : `leaked ${String(error)}`;
  }
}

const word = fc.constantFrom(
  "input",
  "x",
  "text",
  "list",
  "steps",
  "constructor",
  "__proto__",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "eval",
  "Function",
  "globalThis",
  "process",
  "this",
  "cel",
  "google",
  "type",
  "dyn",
  "int",
  "map",
  "filter",
  "exists",
  "bind",
  "matches",
  "first",
  "json",
  "default",
  "has",
  "same__",
);
const token = fc.oneof(
  { weight: 4, arbitrary: word },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      ".",
      ".",
      "(",
      ")",
      "[",
      "]",
      "{",
      "}",
      ",",
      ":",
      "?",
      "+",
      "-",
      "*",
      "/",
      "%",
      "==",
      "!=",
      "<",
      "in",
      "&&",
      "||",
      "!",
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "0",
      "1",
      "-1",
      "1.5",
      "9223372036854775807",
      "1e308",
      "5u",
      "'a'",
      '"__proto__"',
      "b'a'",
      "null",
      "true",
      "r'\\d'",
      "'''x'''",
    ),
  },
);
const walk = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join("."));
const call = fc
  .tuple(walk, word, fc.array(walk, { maxLength: 3 }))
  .map(([on, name, args]) => `${on}.${name}(${args.join(", ")})`);
const indexed = fc.tuple(walk, word).map(([on, name]) => `${on}["${name}"]`);
const expression = fc.oneof(
  fc.array(token, { maxLength: 14 }).map((tokens) => tokens.join(" ")),
  walk,
  call,
  indexed,
  fc.tuple(call, indexed).map((two) => two.join(" + ")),
);

describe("an expression somebody made to break out", () => {
  test("gives a value or a typed failure, and never a prototype", { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(expression, (source) => {
        expect(outcome(() => evaluateExpression(source, scope))).toMatch(/^(value|typed)$/);
        expect(outcome(() => renderTemplate(`a {{ ${source} }} b {{`, scope))).toMatch(/^(value|typed)$/);
        checkExpression(source, { input: {} });
      }),
      { numRuns: 10_000 },
    );
    expect(({} as JsonObject).x).toBeUndefined();
  });

  test("cannot reach a constructor", () => {
    const reached = [
      "input.constructor",
      "input['constructor']",
      "''.constructor",
      "[].constructor",
      "{}.constructor",
      "input.toString",
      "type(input).constructor",
      "input.list.map(x, x.constructor)",
    ];
    expect(reached.map((source) => outcome(() => evaluateExpression(source, scope)))).toEqual(
      reached.map(() => "typed"),
    );
  });
});

describe("X-10 a costly expression", () => {
  test.each([
    "input.rows.map(a, input.rows.map(b, a * b)).flatten().sum() > 0",
    "input.rows.all(a, input.rows.exists(b, a + b == -1)) || true",
    "input.rows.all(a, !input.big.contains('zz'))",
    "input.rows.map(a, input.big + input.big)",
    "input.rows.map(a, json(input.rows))",
    "input.rows.map(a, sha256(input.big))",
    "input.rows.map(a, input.big.replace('a', input.big))",
    "input.big.split('').map(a, input.big.split(''))",
    "input.rows.map(a, input.rows.sort())",
    "input.rows.map(a, input.rows.distinct() == input.rows)",
    "input.rows.map(a, input.big.glob('*a*b*a*c'))",
    "input.rows.map(a, input.rows).join(input.big)",
    "input.rows.map(a, formatDate('2026-01-01T00:00:00Z', input.big))",
    "input.rows.map(a, timestamp('2026-01-01T00:00:00Z').getHours('Europe/Berlin')).sum() > -1.0 || input.rows.all(a, input.rows.all(b, timestamp('2026-01-01T00:00:00Z').getHours('Europe/Berlin') > -1))",
    "input.rows.map(a, parseJson(json(input.rows)))",
    "input.rows.map(a, uriEncode(input.big))",
    "range(3999999).map(a, a)",
    "range(10).map(a, range(200000))",
    "input.rows.map(a, input.rows).flatten().map(a, input.rows).flatten()",
    "input.rows.map(a, input.big < input.big)",
    "range(1000000).exists(a, 1 / 0 > a)",
    "range(1000000).all(a, input.nothing.here)",
  ])("%s is refused or done", { timeout: 60_000 }, (source) => {
    expect(outcome(() => evaluateExpression(source, scope))).toMatch(/^(value|typed)$/);
  });
});
