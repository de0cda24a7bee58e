import { expect, test } from "vitest";
import { CanvasDoc } from "./canvas.ts";
import { pinTools, unpinned } from "./pin-tools.ts";
import type { Tool } from "./tool.ts";

const hash = "a".repeat(64);
const add: Tool = {
  connection: "practice",
  name: "add",
  title: "Add",
  description: "",
  inputSchema: {},
  annotations: {},
  effect: "read",
  effectFrom: "annotation",
  schemaHash: hash,
  status: "active",
  seenAt: "2026-01-01T00:00:00Z",
};
const docWith = (schemaHash: string) =>
  CanvasDoc.parse({
    schemaVersion: 1,
    nodes: [
      {
        id: "a",
        key: "add",
        kind: "mcp-tool",
        position: { x: 0, y: 0 },
        config: { tool: { connection: "practice", name: "add", schemaHash } },
      },
    ],
    edges: [],
  });

test("an open tool hash is filled from the tool of the workspace", () => {
  expect(pinTools(docWith(unpinned), [add]).nodes[0]?.config).toEqual({
    tool: { connection: "practice", name: "add", schemaHash: hash },
  });
});

test("a pinned hash is never replaced, even when the tool has changed", () => {
  const pinned = "b".repeat(64);
  expect(pinTools(docWith(pinned), [add])).toEqual(docWith(pinned));
});

test("an unknown tool stays open for the compiler to report", () => {
  expect(pinTools(docWith(unpinned), [])).toEqual(docWith(unpinned));
});
