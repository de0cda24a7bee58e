// Every wire of a canvas seen from afar, as one line for each state a wire can be in.
import { ViewportPortal } from "@xyflow/react";
import { useMemo } from "react";
import { nodeCardSize } from "../../ui/node-card.tsx";
import { useOverlay } from "../run/overlay-hooks.ts";
import { wireState, type WireState } from "../run/overlay.ts";
import type { AnyFlowNode, WireFlowEdge } from "./flow-nodes.ts";

interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** Where every node is on the canvas. Parents come before children, as React Flow wants it. */
function boxesOf(nodes: readonly AnyFlowNode[]): Map<string, Box> {
  const boxes = new Map<string, Box>();
  for (const node of nodes) {
    const parent = node.parentId === undefined ? undefined : boxes.get(node.parentId);
    boxes.set(node.id, {
      x: node.position.x + (parent?.x ?? 0),
      y: node.position.y + (parent?.y ?? 0),
      w: node.width ?? nodeCardSize.width,
      h: node.height ?? nodeCardSize.height,
    });
  }
  return boxes;
}

type Look = WireState | "plain" | "selected";

const strokes: Record<Look, { stroke: string; width: number; opacity?: number }> = {
  untaken: { stroke: "var(--control)", width: 3, opacity: 0.3 },
  plain: { stroke: "var(--control)", width: 3 },
  taken: { stroke: "var(--ink-muted)", width: 5 },
  active: { stroke: "var(--running)", width: 5 },
  selected: { stroke: "var(--accent)", width: 5 },
};
const looks: readonly Look[] = ["untaken", "plain", "taken", "active", "selected"];

export function FarWires({
  nodes,
  edges,
}: {
  nodes: readonly AnyFlowNode[];
  edges: readonly WireFlowEdge[];
}) {
  const run = useOverlay((state) => state);
  const lines = useMemo(() => {
    const boxes = boxesOf(nodes);
    const paths = new Map<Look, string[]>(looks.map((look) => [look, []]));
    for (const edge of edges) {
      const from = boxes.get(edge.source);
      const to = boxes.get(edge.target);
      if (!from || !to) continue;
      const inward = to.x > from.x && to.x < from.x + from.w && to.y > from.y && to.y < from.y + from.h;
      const x = inward ? from.x : from.x + from.w;
      const look = edge.selected
        ? "selected"
        : (wireState(run, edge.source, edge.target, edge.data?.edge.sourcePort) ?? "plain");
      paths.get(look)?.push(`M${x} ${from.y + from.h / 2}L${to.x} ${to.y + to.h / 2}`);
    }
    return paths;
  }, [nodes, edges, run]);
  return (
    <ViewportPortal>
      <svg
        aria-hidden
        className="pointer-events-none absolute top-0 left-0 -z-1 overflow-visible"
        width={1}
        height={1}
      >
        {looks.map((look) => {
          const parts = lines.get(look) ?? [];
          const { stroke, width, opacity } = strokes[look];
          return parts.length === 0 ? null : (
            <path key={look} d={parts.join("")} style={{ stroke, strokeWidth: width, opacity }} fill="none" />
          );
        })}
      </svg>
    </ViewportPortal>
  );
}
