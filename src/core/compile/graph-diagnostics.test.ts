import { describe, expect, test } from "vitest";
import { type Case, diagnosed, finding, work } from "./diagnosed.ts";
import { compiled, findings, type Sketched } from "./test-kinds.ts";

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
];

describe("the compiler finds", () => {
  test.each(cases)("%s", (_, given, expected) => expect(diagnosed(given)).toEqual(finding(expected)));

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
});
