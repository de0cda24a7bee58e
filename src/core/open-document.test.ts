import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { testKinds } from "./compile/test-kinds.ts";
import { defineNode } from "./node.ts";
import { openDocument } from "./open-document.ts";
import type { Json } from "./json.ts";

const canvas = {
  schemaVersion: 1,
  nodes: [{ id: "a", key: "a", kind: "work", position: { x: 0, y: 0 } }],
  edges: [],
};
const file = { runboard: 1, slug: "one", title: "One", doc: canvas };
const reasons = (source: string | Json) => {
  const opened = openDocument(source, testKinds);
  return "diagnostics" in opened
    ? opened.diagnostics.map(({ path, message }) => `${path ?? ""} ${message}`)
    : ["opened"];
};

describe("opening a document", () => {
  test("takes a canvas or a whole file, as text or JSON, and writes its defaults", () => {
    const opened = openDocument(JSON.stringify(file), testKinds);
    expect(opened).toMatchObject({
      file: { slug: "one", title: "One", description: "" },
      doc: { settings: { lane: "auto" } },
      notices: [],
    });
    expect(openDocument(`\uFEFF${JSON.stringify(canvas)}`, testKinds)).toMatchObject({
      doc: { nodes: [{ key: "a", kindVersion: 1 }] },
    });
  });

  test.each<[string, string | Json, RegExp]>([
    ["text that is not JSON", "{", /This is not JSON/],
    ["a list", [], /not a JSON object/],
    ["a file without a canvas", { runboard: 1 }, /holds no canvas/],
    ["no version", { nodes: [], edges: [] }, /schemaVersion The document does not say/],
    ["a version from the future", { ...canvas, schemaVersion: 2 }, /reads up to 1/],
    ["an unknown field", { ...canvas, extra: 1 }, /extra/],
    [
      "a wrong place deep inside",
      { ...canvas, nodes: [{ ...canvas.nodes[0], position: { x: "0", y: 0 } }] },
      /^nodes\[0\]\.position\.x /,
    ],
    [
      "a prototype key",
      '{"schemaVersion":1,"nodes":[],"edges":[],"variables":{"a":{"__proto__":{"x":1}}}}',
      /variables\.a\.__proto__ The name/,
    ],
    [
      "deep nesting",
      `{"schemaVersion":1,"nodes":[],"edges":[],"variables":{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}}`,
      /nested more than 100/,
    ],
    [
      "11 MB",
      JSON.stringify({ ...canvas, variables: { a: "x".repeat(11 * 1024 * 1024) } }),
      /larger than 10 MB/,
    ],
  ])("refuses %s and says where", (_, source, reason) => {
    expect(reasons(source).join("\n")).toMatch(reason);
  });

  test("brings older configs up to date and says so", () => {
    const newer = defineNode({
      kind: "work",
      title: "Work",
      summary: "For tests.",
      icon: "play",
      category: "data",
      config: z.strictObject({ lines: z.int() }),
      inputs: {},
      outputs: {},
      form: { lines: { label: "Lines" } },
      effect: "pure",
      sample: { config: { lines: 1 }, inputs: {} },
      run: () => ({}),
      migrations: [({ rows = 1 }) => ({ lines: rows })],
    });
    const opened = openDocument({ ...canvas, nodes: [{ ...canvas.nodes[0], config: { rows: 4 } }] } as Json, [
      newer,
    ]);
    expect(opened).toMatchObject({
      doc: { nodes: [{ kindVersion: 2, config: { lines: 4 } }] },
      notices: ["a: settings brought from version 1 to 2."],
    });
  });

  test("never throws and never touches a prototype, whatever it is given", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json(), fc.jsonValue()),
        (source) => void openDocument(source as Json, testKinds),
      ),
      { numRuns: 1_000 },
    );
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});
