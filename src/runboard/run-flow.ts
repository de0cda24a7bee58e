// The version's canvas as React Flow draws it, with the run's marks on it. Nothing here can be edited.
import { MarkerType, type Edge, type Node as FlowNode } from "@xyflow/react";
import type { CanvasDoc, CanvasEdge, CanvasNode } from "../core/canvas.ts";
import type { NodeCardState } from "../ui/node-card.tsx";
import { nodeCardSize } from "../ui/node-card.tsx";
import { nodeOf } from "../nodes/registry.gen.ts";
import type { EdgeState, Overlay } from "./overlay.ts";

export type RunNode = FlowNode<
  { node: CanvasNode; state: NodeCardState | undefined; faded: boolean; chosen: boolean },
  "step" | "body"
>;

const margin = 24;

/** A container is at least as large as what it holds. */
function bodySize(container: CanvasNode, doc: CanvasDoc): { width: number; height: number } {
  const inside = doc.nodes.filter((node) => node.parent === container.id);
  return {
    width: Math.max(
      container.size?.w ?? 480,
      ...inside.map((node) => node.position.x + (node.size?.w ?? nodeCardSize.width) + margin),
    ),
    height: Math.max(
      container.size?.h ?? 240,
      ...inside.map((node) => node.position.y + (node.size?.h ?? nodeCardSize.height) + margin),
    ),
  };
}

function depthOf(node: CanvasNode, byId: ReadonlyMap<string, CanvasNode>): number {
  let depth = 0;
  for (let at = node.parent; at !== undefined && depth < 8; at = byId.get(at)?.parent) depth += 1;
  return depth;
}

export function titleOf(node: CanvasNode): string {
  return node.title ?? nodeOf(node.kind)?.title ?? node.key;
}

/** @param chosen id of the node whose step is open */
export function runNodes(doc: CanvasDoc, overlay: Overlay, chosen: string | null): RunNode[] {
  const byId = new Map(doc.nodes.map((node) => [node.id, node]));
  const drawn = doc.nodes.filter((node) => nodeOf(node.kind)?.role !== "canvas");
  return drawn
    .toSorted((a, b) => depthOf(a, byId) - depthOf(b, byId))
    .map((node): RunNode => {
      const isBody = nodeOf(node.kind)?.role === "container";
      const state = overlay.nodes.get(node.id);
      return {
        id: node.id,
        type: isBody ? "body" : "step",
        position: node.position,
        ...(isBody ? { ...bodySize(node, doc), zIndex: -1 } : nodeCardSize),
        ...(node.parent !== undefined && byId.has(node.parent) ? { parentId: node.parent } : {}),
        data: { node, state, faded: overlay.faded.has(node.id), chosen: node.id === chosen },
        ariaLabel: `${titleOf(node)}, ${state?.label ?? (overlay.over ? "not reached" : "not reached yet")}`,
      };
    });
}

const looks: Record<EdgeState, { stroke: string; strokeWidth: number; opacity: number }> = {
  untouched: { stroke: "var(--control)", strokeWidth: 1.25, opacity: 0.7 },
  active: { stroke: "var(--running)", strokeWidth: 2, opacity: 1 },
  taken: { stroke: "var(--ink-muted)", strokeWidth: 2, opacity: 1 },
  untaken: { stroke: "var(--control)", strokeWidth: 1.25, opacity: 0.25 },
};

/** The word on a wire: its own label, or the route it leaves by. */
function labelOf(edge: CanvasEdge, byId: ReadonlyMap<string, CanvasNode>): string | undefined {
  if (edge.label) return edge.label;
  if (edge.sourcePort === "failed") return "failed";
  const source = byId.get(edge.source);
  const kind = source && nodeOf(source.kind);
  if (!source || !kind) return undefined;
  try {
    const ports = kind.portsOf(source.config, { tools: [], workflows: [], connections: [] });
    return ports.routes.includes(edge.sourcePort)
      ? (ports.outputs[edge.sourcePort]?.title ?? edge.sourcePort)
      : undefined;
  } catch {
    // A config older than its kind still draws, without the route's name.
    return undefined;
  }
}

export function runEdges(doc: CanvasDoc, overlay: Overlay): Edge[] {
  const byId = new Map(doc.nodes.map((node) => [node.id, node]));
  return doc.edges.map((edge): Edge => {
    const state = overlay.edges.get(edge.id) ?? "untouched";
    const style =
      edge.sourcePort === "failed" && state !== "untouched"
        ? { ...looks[state], stroke: "var(--failed)" }
        : looks[state];
    const label = labelOf(edge, byId);
    const [from, to] = [edge.source, edge.target].map((id) => byId.get(id));
    return {
      id: edge.id,
      ariaLabel: `Wire from ${from ? titleOf(from) : edge.source} to ${to ? titleOf(to) : edge.target}`,
      type: "smoothstep",
      source: edge.source,
      target: edge.target,
      style,
      className: state === "active" ? "rb-active" : "",
      pathOptions: { borderRadius: 10, offset: 18 },
      markerEnd: { type: MarkerType.ArrowClosed, width: 12, height: 12, color: style.stroke },
      ...(label
        ? {
            label,
            labelStyle: { fill: "var(--ink-muted)", fontSize: 11, opacity: state === "untaken" ? 0.5 : 1 },
            labelBgStyle: { fill: "var(--page)" },
            labelBgPadding: [4, 2],
            labelBgBorderRadius: 4,
          }
        : {}),
    } as Edge;
  });
}
