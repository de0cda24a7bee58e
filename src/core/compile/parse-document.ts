// Parses a document part by part, so that while one node is edited the other thousand are not parsed again.
import type { z } from "zod";
import { CanvasDoc, CanvasEdge, CanvasNode } from "../canvas.ts";
import { quickParser } from "../quick-parse.ts";

const nodes = new WeakMap<object, CanvasNode>();
const edges = new WeakMap<object, CanvasEdge>();

const quickNode = quickParser(CanvasNode);
const quickEdge = quickParser(CanvasEdge);

type Parsed = { success: true; data: CanvasDoc } | { success: false; error: z.ZodError };

/**
 * Says the same as `CanvasDoc.safeParse`. Nodes and edges are remembered by identity: documents are never changed in place, an edit makes
 * a new node.
 */
export function parseDocument(doc: CanvasDoc): Parsed {
  const parts = partsOf(doc);
  if (!parts) return CanvasDoc.safeParse(doc);
  const rest = CanvasDoc.safeParse({ ...doc, nodes: [], edges: [] });
  return rest.success ? { success: true, data: { ...rest.data, ...parts } } : CanvasDoc.safeParse(doc);
}

function partsOf(doc: unknown): Pick<CanvasDoc, "nodes" | "edges"> | null {
  if (typeof doc !== "object" || doc === null || !("nodes" in doc) || !("edges" in doc)) return null;
  if (!fits(doc.nodes, 5_000) || !fits(doc.edges, 20_000)) return null;
  const found = {
    nodes: parseAll(doc.nodes, quickNode, nodes),
    edges: parseAll(doc.edges, quickEdge, edges),
  };
  return found.nodes && found.edges ? { nodes: found.nodes, edges: found.edges } : null;
}

function fits(list: unknown, most: number): list is unknown[] {
  return Array.isArray(list) && list.length <= most;
}

/** Null as soon as one does not parse: the whole document is then parsed at once, for its list of problems. */
function parseAll<T extends object>(
  list: readonly unknown[],
  parse: (value: unknown) => T | undefined,
  known: WeakMap<object, T>,
): T[] | null {
  const all: T[] = [];
  for (const one of list) {
    if (typeof one !== "object" || one === null) return null;
    let parsed = known.get(one);
    if (!parsed) {
      const found = parse(one);
      if (!found) return null;
      parsed = found;
      known.set(one, parsed);
    }
    all.push(parsed);
  }
  return all;
}
