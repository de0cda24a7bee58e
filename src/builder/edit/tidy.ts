// Layered left-to-right layout, computed in a worker.
import ELK, { type ElkNode } from "elkjs/lib/elk-api.js";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";
import type { CanvasDoc } from "../../core/canvas.ts";
import type { Box } from "./arrange.ts";
import { snap, type Point } from "./nodes.ts";

const layered = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.layered.spacing.nodeNodeBetweenLayers": "88",
  "elk.spacing.nodeNode": "32",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.separateConnectedComponents": "true",
  "elk.spacing.componentComponent": "56",
};

let engine: InstanceType<typeof ELK> | undefined;

function elk() {
  engine ??= new ELK({
    workerFactory: () => new Worker(workerUrl),
  });
  return engine;
}

export interface Tidied {
  positions: Map<string, Point>;
  sizes: Map<string, { w: number; h: number }>;
}

/**
 * Lays out the chosen nodes (all when `only` is empty). The group keeps its top left corner; bodies are laid out inside their
 * container, which takes the size it needs.
 */
export async function tidy(
  doc: CanvasDoc,
  boxes: ReadonlyMap<string, Box>,
  only: ReadonlySet<string>,
): Promise<Tidied> {
  const chosen = doc.nodes.filter(
    (node) => only.size === 0 || only.has(node.id) || only.has(node.parent ?? ""),
  );
  const ids = new Set(chosen.map((node) => node.id));
  const isTop = (parent: string | undefined) => parent === undefined || !ids.has(parent);
  const graph = (id: string): ElkNode => {
    const box = boxes.get(id);
    const body = chosen.filter((node) => node.parent === id);
    const size = { width: box?.w ?? 220, height: box?.h ?? 56 };
    if (body.length === 0) return { id, ...size };
    return {
      id,
      layoutOptions: { ...layered, "elk.padding": "[top=72,left=24,bottom=24,right=24]" },
      children: body.map((node) => graph(node.id)),
      edges: edgesAmong(body.map((node) => node.id)),
    };
  };
  const edgesAmong = (members: string[]) => {
    const inside = new Set(members);
    return doc.edges
      .filter((edge) => inside.has(edge.source) && inside.has(edge.target))
      .map((edge) => ({ id: edge.id, sources: [edge.source], targets: [edge.target] }));
  };
  const top = chosen.filter((node) => isTop(node.parent));
  const laidOut = await elk().layout({
    id: "root",
    layoutOptions: layered,
    children: top.map((node) => graph(node.id)),
    edges: edgesAmong(top.map((node) => node.id)),
  });
  return read(
    laidOut,
    top.map((node) => node.position),
  );
}

function read(root: ElkNode, before: Point[]): Tidied {
  const origin = { x: Math.min(...before.map((p) => p.x)), y: Math.min(...before.map((p) => p.y)) };
  const children = root.children ?? [];
  const corner = {
    x: Math.min(...children.map((c) => c.x ?? 0)),
    y: Math.min(...children.map((c) => c.y ?? 0)),
  };
  const tidied: Tidied = { positions: new Map(), sizes: new Map() };
  const take = (node: ElkNode, dx: number, dy: number) => {
    tidied.positions.set(node.id, snap({ x: (node.x ?? 0) + dx, y: (node.y ?? 0) + dy }));
    if (!node.children?.length) return;
    tidied.sizes.set(node.id, { w: Math.ceil(node.width ?? 480), h: Math.ceil(node.height ?? 240) });
    for (const child of node.children) take(child, 0, 0);
  };
  for (const child of children) take(child, origin.x - corner.x, origin.y - corner.y);
  return tidied;
}
