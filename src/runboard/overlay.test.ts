import { describe, expect, it } from "vitest";
import { CanvasDoc } from "../core/canvas.ts";
import { overlayOf, type OverlayStep } from "./overlay.ts";

const position = { x: 0, y: 0 };
const doc = CanvasDoc.parse({
  schemaVersion: 1,
  nodes: ["start", "ask", "yes", "no", "each", "call"].map((key) => ({
    id: key,
    key,
    kind: key === "start" ? "trigger-manual" : key === "each" ? "map" : "transform",
    position,
  })),
  edges: [
    { id: "e1", source: "start", sourcePort: "input", target: "ask" },
    { id: "e2", source: "ask", sourcePort: "approved", target: "yes" },
    { id: "e3", source: "ask", sourcePort: "rejected", target: "no" },
    { id: "e4", source: "ask", sourcePort: "failed", target: "each" },
  ],
});
const step = (key: string, facts: Partial<OverlayStep>): OverlayStep => ({
  runId: "r",
  stepKey: key,
  itemPath: [],
  nodeId: key,
  kind: "transform",
  title: key,
  rank: 0,
  status: "pending",
  attempt: 1,
  attemptLimit: 4,
  tries: 1,
  ...facts,
});
const lay = (steps: OverlayStep[], over = false) => overlayOf(doc, steps, { kind: "manual" }, over);

describe("a run over its canvas", () => {
  it("marks the taken wire and fades the untaken one", () => {
    const overlay = lay([
      step("ask", { status: "succeeded", port: "approved" }),
      step("yes", { status: "running" }),
      step("no", { status: "skipped" }),
    ]);
    expect(Object.fromEntries(overlay.edges)).toEqual({
      e1: "taken",
      e2: "active",
      e3: "untaken",
      e4: "untaken",
    });
    expect([...overlay.faded]).toEqual(["no"]);
  });

  it("leaves wires alone that may still be taken", () => {
    const overlay = lay([step("ask", { status: "waiting" }), step("yes", {}), step("no", {})]);
    expect([overlay.edges.get("e2"), overlay.edges.get("e3")]).toEqual(["untouched", "untouched"]);
  });

  it("keeps the shape of the graph when the run ended early: what was not reached is faded", () => {
    const overlay = lay(
      [step("ask", { status: "failed" }), step("yes", {}), step("no", { status: "cancelled" })],
      true,
    );
    expect([...overlay.faded]).toEqual(["yes", "no"]);
    expect(overlay.nodes.get("ask")).toMatchObject({ tone: "failed", label: "Failed" });
  });

  it("counts the items of a map on its card and leads to the one that failed", () => {
    const overlay = lay([
      step("each", { role: "collect", itemsTotal: 3, itemsDone: 1, kind: "map" }),
      step("each__split", { role: "split", nodeId: "each", status: "succeeded" }),
      step("call", { itemPath: [0], status: "succeeded" }),
      step("call", { itemPath: [1], status: "failed" }),
      step("call", { itemPath: [2], status: "running" }),
    ]);
    expect(overlay.nodes.get("each")).toMatchObject({ tone: "running", badge: "1/3" });
    expect(overlay.nodes.get("call")).toMatchObject({ tone: "failed", badge: "1/3" });
    expect(overlay.steps.get("call")?.itemPath).toEqual([1]);
  });

  it("shows the tries of a step that needed several", () => {
    expect(lay([step("ask", { status: "succeeded", tries: 3 })]).nodes.get("ask")?.badge).toBe("×3");
  });
});
