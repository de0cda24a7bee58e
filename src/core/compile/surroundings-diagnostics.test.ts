import { describe, expect, test } from "vitest";
import { type Case, diagnosed, finding } from "./diagnosed.ts";

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
  test.each(cases)("%s", (_, given, expected) => expect(diagnosed(given)).toEqual(finding(expected)));
});
