// What is decided without the library must be what the library says.
import { expect, test } from "vitest";
import { libraryObjection } from "./evaluate.ts";
import { staticPath } from "./names.ts";
import { plainPath } from "./plain-path.ts";
import { isSurelyAccepted } from "./surely-accepted.ts";
import { parseExpression } from "./syntax.ts";

const leaves = ["input.a", "vars", 'steps.x.output[0]["b"]', "1", "2.5", '"t"', "true", "null", "input[1.5]"];
const operators = ["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "&&", "||"];

function over(parts: readonly string[]): string[] {
  return parts.flatMap((a) => [
    `!(${a})`,
    `(-(${a}))`,
    `(${a}).b`,
    ...parts.flatMap((b) => [
      ...operators.map((operator) => `(${a}) ${operator} (${b})`),
      `(${a}) ? (${b}) : 1`,
    ]),
  ]);
}

function accepted(sources: readonly string[]): string[] {
  return sources.filter((source) => isSurelyAccepted(parseExpression(source)));
}

test("the library objects to nothing that is let through without asking it", () => {
  const simple = accepted([...leaves, ...over(leaves)]);
  const nested = accepted(over(simple.filter((_, n) => n % 23 === 0)));
  expect(nested.length).toBeGreaterThan(300);
  expect([...simple, ...nested].filter((source) => libraryObjection(source) !== null)).toEqual([]);
});

test.each(["size(input.a)", '"a" - 1', "1 && true", "input.a.map(x, x)", "[1]", "(1).b", "true < 2", "!5"])(
  "the library is asked about %s",
  (source) => {
    expect(isSurelyAccepted(parseExpression(source))).toBe(false);
  },
);

test.each(["input", " input.id ", "steps.call_1.output.body.total\n", "_a.B9.in_", "a.constructor.as"])(
  "%j is read as the parser reads it",
  (source) => {
    const node = parseExpression(source);
    const { start, end, ...path } = plainPath(source)!;
    expect(path).toEqual(staticPath(node));
    expect([start, end]).toEqual([node.start, node.end]);
  },
);

test.each([
  "",
  "1",
  "true",
  "a.in",
  "a.true",
  "for",
  "prototype",
  "a__",
  "a..b",
  "a.b()",
  "a[0]",
  "a b",
  "ä",
  "a\u00a0",
])("%j is left to the parser", (source) => {
  expect(plainPath(source)).toBeNull();
});
