// Copy as readable JSON and paste with fresh ids and keys.
import { z } from "zod";
import { CanvasDoc, CanvasEdge, CanvasNode, Frame, StickyNote } from "../../core/canvas.ts";
import { freeKey, keysOf } from "./keys.ts";
import { newId } from "./new-id.ts";
import type { Point } from "./nodes.ts";
import type { NodeLookup } from "./ports-of.ts";
import { renameInNode, stepsNamedBy } from "./references.ts";

export const Clip = z.object({
  runboard: z.literal(1),
  nodes: z.array(CanvasNode),
  edges: z.array(CanvasEdge).default([]),
  frames: z.array(Frame).default([]),
  notes: z.array(StickyNote).default([]),
});
export type Clip = z.infer<typeof Clip>;

/** The selected things and the wires between them; a container brings its body. */
export function clipOf(doc: CanvasDoc, ids: ReadonlySet<string>): Clip {
  const inside = new Set(ids);
  for (const node of doc.nodes) if (node.parent !== undefined && inside.has(node.parent)) inside.add(node.id);
  return {
    runboard: 1,
    nodes: doc.nodes.filter((node) => inside.has(node.id)),
    edges: doc.edges.filter((edge) => inside.has(edge.source) && inside.has(edge.target)),
    frames: doc.frames.filter((frame) => inside.has(frame.id)),
    notes: doc.notes.filter((note) => inside.has(note.id)),
  };
}

/** Reads clipboard text; undefined when it is not something copied from a canvas. */
export function readClip(text: string): Clip | undefined {
  if (!text.includes('"runboard"')) return undefined;
  try {
    const clip = Clip.safeParse(JSON.parse(text));
    return clip.success ? clip.data : undefined;
  } catch {
    return undefined;
  }
}

/** The top left corner of what is copied, not counting bodies, whose positions are relative. */
function corner(clip: Clip): Point {
  const ids = new Set(clip.nodes.map((node) => node.id));
  const top = clip.nodes.filter((node) => node.parent === undefined || !ids.has(node.parent));
  const all = [...top, ...clip.notes, ...clip.frames].map((thing) => thing.position);
  return { x: Math.min(...all.map((p) => p.x)), y: Math.min(...all.map((p) => p.y)) };
}

export interface Pasted {
  doc: CanvasDoc;
  ids: Set<string>;
  /** Steps that pasted nodes name and this document does not have. */
  dangling: string[];
}

/** Pastes with the top left corner at `at`. Ids and keys are new; references among the pasted nodes follow. */
export function paste(doc: CanvasDoc, clip: Clip, at: Point, nodeOf: NodeLookup): Pasted {
  const origin = corner(clip);
  const ids = new Map([...clip.nodes, ...clip.notes, ...clip.frames].map((thing) => [thing.id, newId()]));
  const taken = keysOf(doc);
  const keys = new Map<string, string>();
  for (const node of clip.nodes) {
    const key = freeKey(node.key, taken);
    taken.add(key);
    keys.set(node.key, key);
  }
  const idOf = (id: string) => ids.get(id) ?? newId();
  const shifted = <T extends { id: string; position: Point }>(thing: T, relative = false): T => ({
    ...thing,
    id: idOf(thing.id),
    position: relative
      ? thing.position
      : { x: thing.position.x - origin.x + at.x, y: thing.position.y - origin.y + at.y },
  });
  const nodes = clip.nodes.map((node) => {
    const inBody = node.parent !== undefined && ids.has(node.parent);
    const { parent, frame: _, ...rest } = renameInNode(node, (key) => keys.get(key), nodeOf);
    const copy: CanvasNode = { ...shifted(rest, inBody), key: keys.get(node.key) ?? node.key };
    return inBody && parent !== undefined ? { ...copy, parent: idOf(parent) } : copy;
  });
  const known = new Set([...doc.nodes.map((node) => node.key), ...keys.values()]);
  const dangling = new Set(
    nodes.flatMap((node) => [...stepsNamedBy(node, nodeOf)]).filter((key) => !known.has(key)),
  );
  const edges = clip.edges
    .filter((edge) => ids.has(edge.source) && ids.has(edge.target))
    .map((edge) => ({ ...edge, id: newId(), source: idOf(edge.source), target: idOf(edge.target) }));
  return {
    doc: {
      ...doc,
      nodes: [...doc.nodes, ...nodes],
      edges: [...doc.edges, ...edges],
      frames: [...doc.frames, ...clip.frames.map((frame) => shifted(frame))],
      notes: [
        ...doc.notes,
        ...clip.notes.map(({ node, ...note }) => ({
          ...shifted(note),
          ...(node !== undefined && ids.has(node) ? { node: idOf(node) } : {}),
        })),
      ],
    },
    ids: new Set(ids.values()),
    dangling: [...dangling],
  };
}
