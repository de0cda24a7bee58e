// What wires and nodes are called on the canvas.
import type { CanvasDoc, CanvasEdge } from "../../core/canvas.ts";
import { nameOf, type Facts } from "../edit/connect.ts";
import { portsOf } from "../edit/ports-of.ts";
import type { Naming } from "./flow-nodes.ts";

export function namingOf(doc: CanvasDoc, { nodeOf, around }: Facts): Naming {
  const byId = new Map(doc.nodes.map((node) => [node.id, node]));
  const labelOf = (edge: CanvasEdge) => {
    if (edge.label !== undefined && edge.label !== "") return edge.label;
    const source = byId.get(edge.source);
    if (!source) return undefined;
    const ports = portsOf(source, nodeOf, around);
    if (edge.sourcePort === "failed") return "failed";
    if (edge.sourcePort === "finished") return Object.keys(ports.outputs).length > 0 ? "finished" : undefined;
    if (ports.routes.includes(edge.sourcePort))
      return ports.outputs[edge.sourcePort]?.title ?? edge.sourcePort;
    return undefined;
  };
  return {
    isContainer: (node) => nodeOf(node.kind)?.role === "container",
    titleOf: (node) => nameOf(node, nodeOf),
    labelOf,
    carries: (edge) => edge.targetPort !== undefined,
  };
}
