import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CanvasDoc } from "../canvas.ts";
import { compile } from "../compile.ts";
import { canvas, compiled, nothingAround, sha256, testKinds } from "./test-kinds.ts";

const options = { title: "Test", sha256 };
const sample = canvas(
  {
    start: { kind: "start" },
    fetch: { kind: "work", inputs: { text: { template: "{{ input.id }}" } } },
    check: { kind: "split", config: { expr: "steps.fetch.output.count > vars.limit" } },
    yes: { kind: "work" },
    no: { kind: "call", inputs: { url: { literal: "https://example.com" } } },
    both: { kind: "join", config: { mode: "any" } },
    every: {
      kind: "each",
      inputs: { items: { ref: "steps.both.output.items" } },
      config: { result: { ref: "steps.inner.output.name" } },
    },
    inner: { kind: "work", parent: "every", inputs: { value: { ref: "item" } } },
    last: { kind: "work", inputs: { value: { ref: "steps.every.output.count" } } },
  },
  [
    "start > fetch",
    "fetch > check.value",
    "check.yes > yes",
    "check.no > no",
    "yes > both",
    "no.body > both",
  ],
  { variables: { limit: 2 }, output: { text: { template: "{{ steps.last.output.count }}" } } },
);
const original = compile(sample, testKinds, nothingAround, options);

describe("the hash of a plan", () => {
  test("is there", () => {
    expect(original.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(original.plan?.planHash).toMatch(/^[0-9a-f]{64}$/);
  });

  test("does not depend on the order of nodes and edges, on ids, positions, sizes, frames or notes", () => {
    const moved = fc.record({
      nodes: fc.shuffledSubarray(sample.nodes, { minLength: sample.nodes.length }),
      edges: fc.shuffledSubarray(sample.edges, { minLength: sample.edges.length }),
      x: fc.integer({ min: -5_000, max: 5_000 }),
      prefix: fc.stringMatching(/^[a-z]{1,8}$/),
      collapsed: fc.boolean(),
    });
    fc.assert(
      fc.property(moved, ({ nodes, edges, x, prefix, collapsed }) => {
        const doc: CanvasDoc = {
          ...sample,
          nodes: nodes.map((node, n) => ({
            ...node,
            id: prefix + node.id,
            position: { x: x + n, y: n },
            collapsed,
            ...(node.parent === undefined ? {} : { parent: prefix + node.parent }),
          })),
          edges: edges.map((edge, n) => ({
            ...edge,
            id: `${prefix}${n}`,
            source: prefix + edge.source,
            target: prefix + edge.target,
          })),
          frames: [
            {
              id: "f",
              title: "Frame",
              colour: "blue",
              position: { x, y: x },
              size: { w: 10, h: 10 },
              collapsed,
            },
          ],
          notes: [{ id: "n", text: prefix, colour: "yellow", position: { x, y: 0 }, size: { w: 10, h: 10 } }],
          viewport: { x, y: x, zoom: 1 },
        };
        const again = compile(doc, testKinds, nothingAround, options);
        expect(again.plan?.planHash).toBe(original.plan?.planHash);
        expect(again.diagnostics.map(({ code, message }) => code + message)).toEqual(
          original.diagnostics.map(({ code, message }) => code + message),
        );
      }),
      { numRuns: 100 },
    );
  });

  test.each<[string, (doc: CanvasDoc) => CanvasDoc, string?]>([
    ["the title of the workflow", (doc) => doc, "Other"],
    [
      "the key of a step",
      (doc) => ({
        ...doc,
        nodes: doc.nodes.map((node) => (node.key === "yes" ? { ...node, key: "yep" } : node)),
      }),
    ],
    [
      "the title of a step",
      (doc) => ({
        ...doc,
        nodes: doc.nodes.map((node) => (node.key === "yes" ? { ...node, title: "Yes" } : node)),
      }),
    ],
    ["a variable", (doc) => ({ ...doc, variables: { limit: 3 } })],
    ["a setting", (doc) => ({ ...doc, settings: { ...doc.settings, priority: 1 } })],
    ["a wire", (doc) => ({ ...doc, edges: doc.edges.filter(({ targetPort }) => targetPort !== "value") })],
    [
      "a config",
      (doc) => ({
        ...doc,
        nodes: doc.nodes.map((node) => (node.key === "both" ? { ...node, config: { mode: "first" } } : node)),
      }),
    ],
  ])("depends on %s", (_, change, title = "Test") => {
    const changed = compile(change(sample), testKinds, nothingAround, { ...options, title });
    expect(changed.plan).not.toBeNull();
    expect(changed.plan?.planHash).not.toBe(original.plan?.planHash);
  });

  test("is the same when defaults are left out or written", () => {
    const short = compiled({ both: { kind: "join" } }, ["start > both"]).plan?.planHash;
    expect(
      compiled({ both: { kind: "join", config: { mode: "all" }, onFailure: "fail_run", verifiers: [] } }, [
        "start > both",
      ]).plan?.planHash,
    ).toBe(short);
  });
});
