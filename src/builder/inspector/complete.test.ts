import { describe, expect, it } from "vitest";
import { CanvasDoc } from "../../core/canvas.ts";
import { nodeOf } from "../../nodes/registry.gen.ts";
import { availableFor } from "./available.ts";
import { convert, modeOf, textBinding } from "./binding-mode.ts";
import { completeExpression, completeTemplate } from "./complete.ts";

const facts = { nodeOf, around: { tools: [], workflows: [], connections: [] } };
const doc = CanvasDoc.parse({
  schemaVersion: 1,
  input: { type: "object", properties: { topics: { type: "array", items: { type: "string" } } } },
  nodes: [
    { id: "ask", key: "ask", kind: "llm", config: nodeOf("llm")!.sample.config, position: { x: 0, y: 0 } },
    {
      id: "each",
      key: "each",
      kind: "map",
      inputs: { items: { ref: "input.topics" } },
      position: { x: 300, y: 0 },
    },
    { id: "inner", key: "inner", kind: "wait", parent: "each", position: { x: 16, y: 72 } },
    { id: "last", key: "last", kind: "wait", position: { x: 600, y: 0 } },
  ],
  edges: [
    { id: "e1", source: "ask", sourcePort: "text", target: "each" },
    { id: "e2", source: "each", sourcePort: "items", target: "last" },
  ],
});
const node = (id: string) => doc.nodes.find((entry) => entry.id === id);
const paths = (id: string) =>
  availableFor(doc, node(id), facts).flatMap((group) => group.entries.map((entry) => entry.path));

describe("available data", () => {
  it("offers the workflow's input and earlier steps, never later ones", () => {
    expect(paths("each")).toContain("input.topics");
    expect(paths("each")).toContain("steps.ask.output");
    expect(paths("each")).not.toContain("steps.last.output");
  });

  it("offers item and index inside a body, typed by the list, and hides the body from outside", () => {
    const item = availableFor(doc, node("inner"), facts)[0]?.entries[0];
    expect(item).toMatchObject({ path: "item", schema: { type: "string" } });
    expect(paths("last")).not.toContain("steps.inner.output");
  });
});

describe("completion", () => {
  const groups = availableFor(doc, node("each"), facts);

  it("completes paths in expressions", () => {
    expect(completeExpression("size(input.to", 13, groups)[0]).toMatchObject({
      insert: "input.topics",
      from: 5,
    });
  });

  it("completes only inside the holes of a template and closes them", () => {
    expect(completeTemplate("input.to", 8, groups)).toEqual([]);
    expect(completeTemplate("a {{inp", 7, groups)[0]).toMatchObject({ insert: " input.topics }}", from: 4 });
  });
});

describe("ways to fill a field", () => {
  it("keeps plain text a value and makes text with holes a template", () => {
    expect(textBinding("hello")).toEqual({ literal: "hello" });
    expect(textBinding("hello {{ item }}")).toEqual({ template: "hello {{ item }}" });
  });

  it("carries the meaning from one way to another", () => {
    expect(convert({ ref: "input.a?" }, "expression")).toEqual({ expr: "input.a" });
    expect(convert({ template: "{{ input.a }}" }, "reference")).toEqual({ ref: "input.a" });
    expect(convert({ expr: "input.a + 1" }, "reference")).toBeUndefined();
    expect(convert({ expr: "[1, 2]" }, "value")).toEqual({ literal: [1, 2] });
  });

  it("chooses the way that suits the type", () => {
    expect(modeOf(undefined, { type: "string" })).toBe("text");
    expect(modeOf(undefined, { type: "array" })).toBe("value");
  });
});
