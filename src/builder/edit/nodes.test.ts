import { describe, expect, it } from "vitest";
import { CanvasDoc } from "../../core/canvas.ts";
import type { JsonObject } from "../../core/json.ts";
import { nodeOf } from "../../nodes/registry.gen.ts";
import { bestTargetPort, canConnect, connect, type Facts } from "./connect.ts";
import { addKind } from "./new-node.ts";
import { addNode, makeNode, remove, removeAndReconnect, reparent, splice } from "./nodes.ts";

const facts: Facts = { nodeOf, around: { tools: [], workflows: [], connections: [] } };

function docOf(
  nodes: Record<string, string | [kind: string, more: JsonObject]>,
  wires: string[] = [],
): CanvasDoc {
  return CanvasDoc.parse({
    schemaVersion: 1,
    nodes: Object.entries(nodes).map(([key, kind], n) => ({
      id: key,
      key,
      kind: typeof kind === "string" ? kind : kind[0],
      config: nodeOf(typeof kind === "string" ? kind : kind[0])!.sample.config,
      position: { x: n * 300, y: 0 },
      ...(typeof kind === "string" ? {} : kind[1]),
    })),
    edges: wires.map((wire, n) => {
      const [from = "", to = ""] = wire.split(" > ");
      const [source, sourcePort] = from.split(".");
      const [target, targetPort] = to.split(".");
      return { id: `e${n}`, source, sourcePort, target, ...(targetPort === undefined ? {} : { targetPort }) };
    }),
  });
}

const wiresOf = (doc: CanvasDoc) =>
  doc.edges.map(
    (edge) =>
      `${edge.source}.${edge.sourcePort} > ${edge.target}${edge.targetPort === undefined ? "" : `.${edge.targetPort}`}`,
  );
const reasonOf = (doc: CanvasDoc, wire: Parameters<typeof canConnect>[1]) => {
  const answer = canConnect(doc, wire, facts);
  return answer.ok ? "fits" : answer.reason;
};

describe("adding a node", () => {
  it("chooses no tool and no workflow for a new node, since those are this installation's", () => {
    expect(makeNode(docOf({}), nodeOf("mcp-tool")!, { x: 0, y: 0 }).config).toEqual({});
    expect(makeNode(docOf({}), nodeOf("sub-workflow")!, { x: 0, y: 0 }).config).not.toHaveProperty(
      "workflow",
    );
  });

  it("gives it a key nobody has and the kind's default config", () => {
    const first = makeNode(docOf({}), nodeOf("wait")!, { x: 3, y: 5 });
    const second = makeNode(addNode(docOf({}), first), nodeOf("wait")!, { x: 0, y: 0 });
    expect([first.key, second.key]).toEqual(["wait", "wait_2"]);
    expect(first.position).toEqual({ x: 0, y: 8 });
  });

  it("wires it to the port it was drawn from, into the input that surely takes the value", () => {
    const doc = docOf({ ask: "llm" });
    const added = addKind(
      doc,
      nodeOf("llm")!,
      { at: { x: 0, y: 0 }, from: { node: "ask", port: "text", side: "source" } },
      facts,
    );
    expect(wiresOf(added.doc)).toEqual([`ask.text > ${added.id}.prompt`]);
  });

  it("orders it after the source when no input surely takes the value", () => {
    const doc = docOf({ go: "branch" });
    const added = addKind(
      doc,
      nodeOf("fail")!,
      { at: { x: 0, y: 0 }, from: { node: "go", side: "source" } },
      facts,
    );
    expect(wiresOf(added.doc)).toEqual([`go.large > ${added.id}`]);
  });
});

describe("connecting", () => {
  it("refuses a circle, a trigger as target, and a container's border, each with its reason", () => {
    const doc = docOf(
      { start: "trigger-manual", a: "wait", b: "wait", each: "map", inner: ["wait", { parent: "each" }] },
      ["start.input > a", "a.finished > b"],
    );
    expect(reasonOf(doc, { source: "b", sourcePort: "finished", target: "a" })).toContain("circle");
    expect(reasonOf(doc, { source: "a", sourcePort: "finished", target: "start" })).toContain("trigger");
    expect(reasonOf(doc, { source: "a", sourcePort: "finished", target: "inner" })).toContain("border");
    expect(reasonOf(doc, { source: "each", sourcePort: "item", target: "inner" })).toBe("fits");
  });

  it("refuses types that cannot fit and says why", () => {
    const doc = docOf({ get: "http-request", each: "map" });
    expect(
      canConnect(doc, { source: "get", sourcePort: "status", target: "each", targetPort: "items" }, facts),
    ).toMatchObject({
      ok: false,
    });
    expect(
      canConnect(doc, { source: "get", sourcePort: "body", target: "each", targetPort: "items" }, facts),
    ).toEqual({
      ok: true,
      sure: false,
    });
  });

  it("replaces the wire and the value that were in the port", () => {
    const doc = docOf({ a: "llm", b: "llm", c: ["llm", { inputs: { prompt: { literal: "old" } } }] }, [
      "a.text > c.prompt",
    ]);
    const next = connect(doc, { source: "b", sourcePort: "text", target: "c", targetPort: "prompt" }, facts);
    expect(wiresOf(next)).toEqual(["b.text > c.prompt"]);
    expect(next.nodes[2]?.inputs).toEqual({});
  });

  it("keeps every wire of a port that takes many", () => {
    const doc = docOf({ a: "llm", b: "llm", all: "merge" }, ["a.text > all.items"]);
    const next = connect(doc, { source: "b", sourcePort: "text", target: "all", targetPort: "items" }, facts);
    expect(wiresOf(next)).toEqual(["a.text > all.items", "b.text > all.items"]);
  });

  it("makes the source catch its failure when its failed port is wired", () => {
    const doc = docOf({ get: "http-request", tell: "artifact" });
    const next = connect(doc, { source: "get", sourcePort: "failed", target: "tell" }, facts);
    expect(next.nodes[0]?.onFailure).toBe("catch");
  });

  it("finds the one required input that a wire dropped on a card means", () => {
    const doc = docOf({ a: "llm", b: "llm", wait: "wait" });
    expect(bestTargetPort(doc, { source: "a", sourcePort: "text", target: "b" }, facts)).toBe("prompt");
    expect(bestTargetPort(doc, { source: "a", sourcePort: "text", target: "wait" }, facts)).toBeUndefined();
  });
});

describe("splicing", () => {
  it("puts a node between two that were only ordered", () => {
    const doc = docOf({ a: "llm", b: "wait", mid: "wait" }, ["a.text > b"]);
    expect(wiresOf(splice(doc, "e0", "mid", facts))).toEqual(["a.text > mid", "mid.finished > b"]);
  });

  it("keeps the value of the port by reference when the new node does not hand one on", () => {
    const doc = docOf({ a: "llm", b: "llm", mid: "wait" }, ["a.text > b.prompt"]);
    const next = splice(doc, "e0", "mid", facts);
    expect(wiresOf(next)).toEqual(["a.text > mid", "mid.finished > b"]);
    expect(next.nodes[1]?.inputs).toEqual({ prompt: { ref: "steps.a.output.text" } });
  });
});

describe("removing", () => {
  it("takes a container's body and all dangling wires along", () => {
    const doc = docOf({ a: "wait", each: "map", inner: ["wait", { parent: "each" }] }, ["a.finished > each"]);
    const next = remove(doc, new Set(["each"]));
    expect(next.nodes.map((node) => node.id)).toEqual(["a"]);
    expect(next.edges).toEqual([]);
  });

  it("reconnects what was before with what was after, by port where the types fit", () => {
    const doc = docOf({ a: "llm", mid: "llm", b: "llm" }, ["a.text > mid.prompt", "mid.text > b.prompt"]);
    expect(wiresOf(removeAndReconnect(doc, new Set(["mid"]), facts))).toEqual(["a.text > b.prompt"]);
  });

  it("drops wires that would cross the border of a container a node is dragged into", () => {
    const doc = docOf({ a: "wait", b: "wait", each: "map" }, ["a.finished > b"]);
    const next = reparent(doc, "b", "each", { x: 16, y: 72 });
    expect(next.edges).toEqual([]);
    expect(next.nodes[1]).toMatchObject({ parent: "each", position: { x: 16, y: 72 } });
  });
});
