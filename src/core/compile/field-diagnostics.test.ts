import { describe, expect, test } from "vitest";
import { type Case, diagnosed, finding, work } from "./diagnosed.ts";
import { compiled } from "./test-kinds.ts";

const cases: [string, Case, string[]][] = [
  [
    "an input that is missing",
    { nodes: { a: { kind: "call" } }, wires: ["start > a"] },
    ["error port.missing a", "warning effect.no_verifier a"],
  ],
  [
    "an input nobody has",
    { nodes: { a: { ...work, inputs: { txt: { literal: "" } } } }, wires: ["start > a"] },
    ["error port.unknown a"],
  ],
  [
    "a type that cannot fit",
    { nodes: { a: work, b: work }, wires: ["start > a", "a.count > b.text"] },
    ["error port.type b"],
  ],
  [
    "a literal that cannot fit",
    { nodes: { a: { ...work, inputs: { list: { literal: ["x"] } } } }, wires: ["start > a"] },
    ["error port.type a"],
  ],
  [
    "a type that may not fit",
    { nodes: { a: { ...work, inputs: { text: { expr: "input.x > 1 ? 'a' : 1" } } } } },
    ["warning port.type a"],
  ],
  ["a type nobody knows", { nodes: { a: work, b: work }, wires: ["start > a", "a.value > b.text"] }, []],
  [
    "a step that does not exist",
    { nodes: { a: { ...work, inputs: { value: { ref: "steps.aa.output.value" } } } } },
    ["error ref.unknown a"],
  ],
  [
    "a port that does not exist",
    {
      nodes: { a: work, b: { ...work, inputs: { value: { ref: "steps.a.output.cuont" } } } },
      wires: ["start > a"],
    },
    ["error ref.unknown b"],
  ],
  [
    "an input field that does not exist",
    {
      nodes: { a: { ...work, inputs: { value: { ref: "input.totl" } } } },
      rest: { input: { type: "object", properties: { total: {} } } },
    },
    ["error ref.unknown a"],
  ],
  [
    "an expression that does not parse",
    { nodes: { a: { ...work, when: "1 +" } }, wires: ["start > a"] },
    ["error expr.syntax a"],
  ],
  [
    "a template that is not closed",
    { nodes: { a: { ...work, inputs: { text: { template: "a {{ input" } } } }, wires: ["start > a"] },
    ["error expr.syntax a"],
  ],
  [
    "an expression of the wrong type",
    { nodes: { a: { ...work, when: "'x' + 'y'" } }, wires: ["start > a"] },
    ["error expr.type a"],
  ],
  [
    "operands of the wrong type",
    { nodes: { a: { ...work, when: "run.id > 1" } }, wires: ["start > a"] },
    ["error expr.type a"],
  ],
  [
    "a regular expression",
    { nodes: { a: { ...work, when: "run.id.matches('a')" } }, wires: ["start > a"] },
    ["error expr.limit a"],
  ],
  [
    "a condition in the config over an input",
    {
      nodes: { a: { ...work, config: { keep: "item.x > 1" }, inputs: { list: { literal: [1, 2] } } } },
      wires: ["start > a"],
    },
    ["error expr.type a"],
  ],
  [
    "a catch nobody draws",
    { nodes: { a: { ...work, onFailure: "catch" } }, wires: ["start > a"] },
    ["error catch.no_edge a"],
  ],
  [
    "a failure nobody catches",
    { nodes: { a: work, b: work }, wires: ["start > a", "a.failed > b"] },
    ["error catch.no_edge a"],
  ],
  [
    "a policy that never retries",
    { nodes: { a: { ...work, retry: { maxAttempts: 3, on: [] } } }, wires: ["start > a"] },
    ["warning retry.never a"],
  ],
  [
    "a verifier of a later day",
    {
      nodes: { a: { ...work, verifiers: [{ name: "judge", kind: "llm_judge", config: {} }] } },
      wires: ["start > a"],
    },
    ["error node.config a"],
  ],
  [
    "a verifier over the output",
    {
      nodes: {
        a: { ...work, verifiers: [{ name: "sum", kind: "expr", config: { expr: "output.cuont > 1" } }] },
      },
      wires: ["start > a"],
    },
    ["error ref.unknown a"],
  ],
  [
    "a default limit",
    { nodes: { a: { kind: "each", inputs: { items: { literal: [] } } } }, wires: ["start > a"] },
    ["info map.no_limit a"],
  ],
  ["a pin", { nodes: { a: { ...work, pin: { output: {} } } }, wires: ["start > a"] }, ["info pin.dropped a"]],
];

describe("the compiler finds", () => {
  test.each(cases)("%s", (_, given, expected) => expect(diagnosed(given)).toEqual(finding(expected)));

  test("a field that was never filled in", () => {
    const { diagnostics } = compiled({ a: { kind: "tool", title: "Look up" } }, ["start > a"]);
    expect(diagnostics[0]).toMatchObject({
      code: "node.config",
      path: "config.tool",
      message: 'Look up has no "Tool" yet.',
      hint: "Open the node and fill it in.",
    });
  });

  test("where an expression is wrong, by its offsets in the field", () => {
    const { diagnostics } = compiled({ a: { ...work, when: "1 + nope" } }, ["start > a"]);
    expect(diagnostics[0]).toMatchObject({ path: "when", span: { from: 4, to: 8 } });
  });

  test("the place of a mistake in a template", () => {
    const { diagnostics } = compiled(
      { a: { ...work, inputs: { text: { template: "Hello {{ input.x }} {{ vars.nmae }}" } } } },
      [],
      { variables: { name: "x" } },
    );
    expect(diagnostics[0]).toMatchObject({
      code: "ref.unknown",
      path: "inputs.text",
      hint: "Did you mean name?",
    });
    expect(diagnostics[0]?.message).toContain("at character 29");
  });
});
