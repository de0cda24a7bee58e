import { describe, expect, test } from "vitest";
import type { Surroundings } from "../node.ts";
import { compiled, findings, type Sketched } from "./test-kinds.ts";

interface Case {
  nodes: Sketched;
  wires?: string[];
  rest?: Record<string, unknown>;
  around?: Partial<Surroundings>;
}

const work = { kind: "work" };
const at = "2026-01-01T00:00:00.000Z";
const pinned = { connection: "crm", name: "delete", schemaHash: "a".repeat(64) };
const tool = (facts: object) => ({
  tools: [
    {
      ...pinned,
      title: "Delete",
      description: "",
      inputSchema: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
      annotations: {},
      effect: "at_most_once" as const,
      effectFrom: "default" as const,
      status: "active" as const,
      seenAt: at,
      ...facts,
    },
  ],
});
const crm = { slug: "crm", kind: "http" as const, hosts: ["api.example.com", "*.crm.example.com"] };
const calls = (url: string) => ({
  a: {
    kind: "call",
    config: { connection: "crm" },
    inputs: { url: { literal: url } },
    verifiers: [{ name: "ok", kind: "expr", config: { expr: "output.body != null" } }],
  },
});

const cases: [string, Case, string[]][] = [
  [
    "a circle",
    { nodes: { a: work, b: work }, wires: ["start > a", "a > b", "b > a"] },
    ["error graph.cycle a"],
  ],
  [
    "a circle through a name",
    { nodes: { a: { ...work, when: "steps.b.output.count > 0" }, b: work }, wires: ["start > a", "a > b"] },
    ["error graph.cycle a"],
  ],
  [
    "a step that reads itself",
    { nodes: { a: { ...work, when: "steps.a.output.count > 0" } }, wires: ["start > a"] },
    ["error graph.cycle a"],
  ],
  [
    "a node nobody leads to",
    { nodes: { a: work, lost: { kind: "call" } }, wires: ["start > a"] },
    ["warning graph.unreachable lost", "warning port.missing lost"],
  ],
  [
    "two wires in one port",
    { nodes: { a: work, b: work, c: work }, wires: ["start > a", "start > b", "a > c.value", "b > c.value"] },
    ["error graph.two_wires c"],
  ],
  [
    "a wire to nothing",
    { nodes: { a: work }, wires: ["start > a", "a > gone"] },
    ["error graph.dangling_edge a"],
  ],
  [
    "a wire from no port",
    { nodes: { a: work, b: work }, wires: ["start > a", "start > b", "a.valeu > b"] },
    ["error graph.dangling_edge a"],
  ],
  [
    "a wire to no port",
    { nodes: { a: work, b: work }, wires: ["start > a", "start > b", "a.value > b.txt"] },
    ["error port.unknown b"],
  ],
  [
    "a wire into a trigger",
    { nodes: { a: work }, wires: ["start > a", "a > start"] },
    ["error graph.dangling_edge start"],
  ],
  ["an unknown kind", { nodes: { a: { kind: "wrok" } } }, ["error node.unknown_kind a"]],
  [
    "a kind from the future",
    { nodes: { a: { ...work, kindVersion: 2 } }, wires: ["start > a"] },
    ["error node.unknown_kind a"],
  ],
  [
    "a config that does not parse",
    { nodes: { a: { ...work, config: { size: 0 } } }, wires: ["start > a"] },
    ["error node.config a"],
  ],
  [
    "a key twice",
    { nodes: { a: work, b: { ...work, key: "a" } }, wires: ["start > a", "start > b"] },
    ["error node.duplicate_key b"],
  ],
  ["a key of the compiler", { nodes: { a__b: work }, wires: ["start > a__b"] }, ["error node.config a__b"]],
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
  [
    "a container's item and index, wired inwards",
    {
      nodes: {
        m: { kind: "each", inputs: { items: { literal: ["a", "b"] } } },
        inner: { ...work, parent: "m" },
      },
      wires: ["start > m", "m.item > inner.value", "m.index > inner"],
    },
    ["info map.no_limit m"],
  ],
  [
    "a body in a node without one",
    { nodes: { a: work, b: { ...work, parent: "a" } }, wires: ["start > a", "start > b"] },
    ["error document.invalid b"],
  ],
  [
    "a connection that is not set up",
    { nodes: calls("https://api.example.com/x"), wires: ["start > a"] },
    ["warning connection.missing a"],
  ],
  [
    "a host the connection lists",
    { nodes: calls("https://eu.crm.example.com/x"), wires: ["start > a"], around: { connections: [crm] } },
    [],
  ],
  [
    "a host the connection does not list",
    { nodes: calls("https://evil.example.org/x"), wires: ["start > a"], around: { connections: [crm] } },
    ["error connection.host a"],
  ],
  [
    "a tool that is gone",
    {
      nodes: { a: { kind: "tool", config: { tool: pinned }, inputs: { id: { literal: "1" } } } },
      wires: ["start > a"],
    },
    ["error tool.missing a", "warning effect.no_verifier a"],
  ],
  [
    "a tool that changed",
    {
      nodes: {
        a: {
          kind: "tool",
          config: { tool: { ...pinned, schemaHash: "b".repeat(64) } },
          inputs: { id: { literal: "1" } },
        },
      },
      wires: ["start > a"],
      around: tool({}),
    },
    ["warning effect.no_verifier a", "warning tool.changed a"],
  ],
  [
    "a tool that broke",
    {
      nodes: { a: { kind: "tool", config: { tool: { ...pinned, schemaHash: "b".repeat(64) } } } },
      wires: ["start > a"],
      around: tool({}),
    },
    [
      "error tool.breaking a",
      "error port.missing a",
      "warning effect.no_verifier a",
      "warning tool.changed a",
    ],
  ],
  [
    "a tool that destroys",
    {
      nodes: { a: { kind: "tool", config: { tool: pinned }, inputs: { id: { literal: "1" } } } },
      wires: ["start > a"],
      around: tool({ annotations: { destructiveHint: true } }),
    },
    ["warning effect.no_approval a", "warning effect.no_verifier a"],
  ],
  [
    "a tool that destroys after a person agreed",
    {
      nodes: {
        ok: { kind: "ask" },
        a: { kind: "tool", config: { tool: pinned }, inputs: { id: { literal: "1" } } },
      },
      wires: ["start > ok", "ok.approved > a"],
      around: tool({ annotations: { destructiveHint: true } }),
    },
    ["warning effect.no_verifier a"],
  ],
  [
    "a workflow that is not there",
    { nodes: { a: { kind: "sub", config: { workflow: "other" } } }, wires: ["start > a"] },
    ["error workflow.missing a"],
  ],
];

describe("the compiler finds", () => {
  test.each(cases)("%s", (_, { nodes, wires, rest, around }, expected) => {
    const result = compiled(nodes, wires, rest, around);
    expect(findings(result)).toEqual(expected);
    expect(result.plan === null).toBe(expected.some((one) => one.startsWith("error")));
    for (const { message, hint } of result.diagnostics) {
      expect(message).toMatch(/^\S.*[.]|[)]$/);
      expect(hint.length).toBeGreaterThan(8);
    }
  });

  test("nothing that starts the workflow", () => {
    expect(findings(compiled({ start: work }))).toEqual(["error graph.no_trigger"]);
  });

  test("the names of the steps in a circle", () => {
    const { diagnostics } = compiled({ a: { ...work, title: "Fetch" }, b: work }, [
      "start > a",
      "a > b",
      "b > a",
    ]);
    expect(diagnostics[0]?.message).toBe("These steps wait for each other: Fetch → b → Fetch.");
  });

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

  test("a circle nobody leads to, which still stops the plan", () => {
    const result = compiled({ a: work, b: work }, ["a > b", "b > a"]);
    expect(findings(result)[0]).toBe("error graph.cycle a");
    expect(result.plan).toBeNull();
  });

  test("too many decisions to follow in no time, and lets them pass", () => {
    const nodes: Sketched = { last: { kind: "join", config: { mode: "any" } } };
    for (let n = 0; n < 150; n++) nodes[`b${n}`] = { kind: "split" };
    const wires = Array.from({ length: 150 }, (_, n) => [
      n === 0 ? "start > b0" : `b${n - 1}.yes > b${n}`,
      `b${n}.no > last`,
    ]).flat();
    expect(compiled(nodes, wires).plan?.steps.length).toBe(151);
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

describe("credentials", () => {
  const secrets: [string, unknown][] = [
    ["a key", { text: { literal: `sk-${"a1B2".repeat(8)}` } }],
    ["a token in a template", { text: { template: `Bearer ${"abc123".repeat(6)}` } }],
    ["a header", { value: { literal: { Authorization: "something long" } } }],
    ["a URL with a password", { text: { literal: "https://ada:secret1@example.com" } }],
    ["a private key", { text: { literal: "-----BEGIN RSA PRIVATE KEY-----" } }],
  ];
  test.each(secrets)("as %s are refused", (_, inputs) => {
    expect(findings(compiled({ a: { ...work, inputs } }, ["start > a"]))).toContain("error secret.literal a");
  });
  test("filled in at run time are not", () => {
    expect(
      findings(
        compiled({
          a: {
            ...work,
            inputs: {
              value: { literal: { authorization: "{{ input.token }}" } },
              text: { template: "Bearer {{ input.token }}" },
            },
          },
        }),
      ),
    ).toEqual([]);
  });
});

describe("a node that is switched off", () => {
  test("is bypassed when one value of a fitting type can pass", () => {
    const { plan, diagnostics } = compiled({ a: work, off: { ...work, disabled: true }, b: work }, [
      "start > a",
      "a.name > off.text",
      "off.name > b.text",
      "off.value > b",
    ]);
    expect(diagnostics).toEqual([]);
    expect(
      plan?.steps.map(({ key, inputs, dependsOn }) => [key, inputs, dependsOn.map(({ step }) => step)]),
    ).toEqual([
      ["a", {}, []],
      ["b", { text: { ref: "steps.a.output.name" } }, ["a"]],
    ]);
  });
  test("leaves its readers without a value otherwise", () => {
    expect(
      findings(
        compiled({ a: work, off: { ...work, disabled: true }, b: work }, [
          "start > a",
          "a.count > off.value",
          "off.name > b.text",
        ]),
      ),
    ).toEqual(["error port.missing b"]);
    expect(
      findings(
        compiled(
          {
            off: { ...work, disabled: true },
            b: { ...work, inputs: { value: { ref: "steps.off.output.value" } } },
          },
          ["start > off"],
        ),
      ),
    ).toEqual(["error ref.unknown b"]);
  });
  test("takes its body with it", () => {
    const { plan } = compiled(
      { m: { kind: "each", disabled: true }, inner: { ...work, parent: "m" }, a: work },
      ["start > m", "start > a"],
    );
    expect(plan?.steps.map(({ key }) => key)).toEqual(["a"]);
  });
});
