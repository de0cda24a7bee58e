// Adding, removing and moving what stands on the canvas. Every function takes a document and returns the next one.
import type { CanvasDoc, CanvasNode, StickyNote } from "../../core/canvas.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Node } from "../../core/node.ts";
import { canConnect, connect, type Facts, type Wire } from "./connect.ts";
import { freeKey, keyFromTitle, keysOf } from "./keys.ts";
import { newId } from "./new-id.ts";
import { ordersOnly, portsOf, sourceSchema } from "./ports-of.ts";

export interface Point {
  x: number;
  y: number;
}

export const cardWidth = 220;
export const cardHeight = 56;
const grid = 8;

export const snap = ({ x, y }: Point): Point => ({
  x: Math.round(x / grid) * grid,
  y: Math.round(y / grid) * grid,
});

/** Pickers of what an installation has: a sample's choice would be somebody else's. */
const local: ReadonlySet<string | undefined> = new Set(["tool", "workflow"]);

function startConfig(kind: Node): JsonObject {
  const empty = kind.config.safeParse({});
  if (empty.success) return JSON.parse(JSON.stringify(empty.data));
  const chosen = Object.entries(kind.sample.config).filter(([key]) => !local.has(kind.form[key]?.widget));
  return structuredClone(Object.fromEntries(chosen));
}

/** A new node of a kind: default config (or the kind's sample when there is none), a free key, no title of its own. */
export function makeNode(doc: CanvasDoc, kind: Node, position: Point, parent?: string): CanvasNode {
  return {
    id: newId(),
    key: freeKey(keyFromTitle(kind.title), keysOf(doc)),
    kind: kind.kind,
    kindVersion: kind.version,
    config: startConfig(kind),
    inputs: {},
    verifiers: [],
    onFailure: "fail_run",
    ...(parent === undefined ? {} : { parent }),
    ...(kind.role === "container" ? { size: { w: 480, h: 240 } } : {}),
    position: snap(position),
    disabled: false,
  };
}

/** Parents must stand before their children on a canvas. */
export function addNode(doc: CanvasDoc, node: CanvasNode): CanvasDoc {
  return { ...doc, nodes: [...doc.nodes, node] };
}

export function addNote(doc: CanvasDoc, position: Point, text = ""): { doc: CanvasDoc; id: string } {
  const note: StickyNote = {
    id: newId(),
    text,
    colour: "yellow",
    position: snap(position),
    size: { w: 200, h: 120 },
  };
  return { doc: { ...doc, notes: [...doc.notes, note] }, id: note.id };
}

export function patchNode(doc: CanvasDoc, id: string, change: (node: CanvasNode) => CanvasNode): CanvasDoc {
  let changed = false;
  const nodes = doc.nodes.map((node) => {
    if (node.id !== id) return node;
    const next = change(node);
    changed = next !== node;
    return next;
  });
  return changed ? { ...doc, nodes } : doc;
}

function withBodies(doc: CanvasDoc, ids: ReadonlySet<string>): Set<string> {
  const all = new Set(ids);
  for (let grown = true; grown;) {
    grown = false;
    for (const node of doc.nodes)
      if (node.parent !== undefined && all.has(node.parent) && !all.has(node.id)) {
        all.add(node.id);
        grown = true;
      }
  }
  return all;
}

/** Removes nodes (with their bodies), notes and frames by id, and every wire that loses an end. */
export function remove(
  doc: CanvasDoc,
  ids: ReadonlySet<string>,
  edgeIds: ReadonlySet<string> = new Set(),
): CanvasDoc {
  const gone = withBodies(doc, ids);
  return {
    ...doc,
    nodes: doc.nodes.filter((node) => !gone.has(node.id)),
    edges: doc.edges.filter(
      (edge) => !gone.has(edge.source) && !gone.has(edge.target) && !edgeIds.has(edge.id),
    ),
    notes: doc.notes.filter((note) => !gone.has(note.id)),
    frames: doc.frames.filter((frame) => !gone.has(frame.id)),
  };
}

/** Removes nodes and joins what led into each of them with what it led to: by port where the types fit, by order where not. */
export function removeAndReconnect(doc: CanvasDoc, ids: ReadonlySet<string>, facts: Facts): CanvasDoc {
  let next = doc;
  for (const id of ids) {
    const into = next.edges.filter((edge) => edge.target === id);
    const outOf = next.edges.filter((edge) => edge.source === id && edge.sourcePort !== "failed");
    next = remove(next, new Set([id]));
    for (const before of into)
      for (const after of outOf) {
        const wire: Wire = { source: before.source, sourcePort: before.sourcePort, target: after.target };
        next = connectSoftly(next, { ...wire, targetPort: after.targetPort }, facts);
      }
  }
  return next;
}

/** Connects by port if that is possible, else by order, else leaves the document as it is. */
export function connectSoftly(doc: CanvasDoc, wire: Wire, facts: Facts): CanvasDoc {
  if (canConnect(doc, wire, facts).ok) return connect(doc, wire, facts);
  const { targetPort: _, ...order } = wire;
  return canConnect(doc, order, facts).ok ? connect(doc, order, facts) : doc;
}

/** The output a new wire leaves from: the first route, else the first output, else `finished`. */
export function mainOutput(node: CanvasNode, facts: Facts): string {
  const ports = portsOf(node, facts.nodeOf, facts.around);
  return ports.routes[0] ?? Object.keys(ports.outputs)[0] ?? "finished";
}

/**
 * Puts a node into a wire. If the wire carried a value into a port and the node does not hand on one that fits, the port keeps
 * its value through a reference, so nothing that worked is lost.
 */
export function splice(doc: CanvasDoc, edgeId: string, nodeId: string, facts: Facts): CanvasDoc {
  const edge = doc.edges.find((entry) => entry.id === edgeId);
  const node = doc.nodes.find((entry) => entry.id === nodeId);
  const source = doc.nodes.find((entry) => entry.id === edge?.source);
  if (!edge || !node || !source || edge.source === nodeId || edge.target === nodeId) return doc;
  const without: CanvasDoc = { ...doc, edges: doc.edges.filter((entry) => entry.id !== edgeId) };
  const first: Wire = { source: edge.source, sourcePort: edge.sourcePort, target: nodeId };
  if (!canConnect(without, first, facts).ok) return doc;
  let next = connectSoftly(
    without,
    { ...first, targetPort: firstFittingInput(without, first, facts) },
    facts,
  );
  const second: Wire = { source: nodeId, sourcePort: mainOutput(node, facts), target: edge.target };
  if (!canConnect(next, second, facts).ok) return doc;
  const byPort: Wire = { ...second, targetPort: edge.targetPort };
  const answer = edge.targetPort === undefined ? undefined : canConnect(next, byPort, facts);
  if (answer?.ok && answer.sure) return connect(next, byPort, facts);
  next = connect(next, second, facts);
  const carries = !ordersOnly(portsOf(source, facts.nodeOf, facts.around), edge.sourcePort);
  const port = edge.targetPort;
  if (port === undefined || !carries) return next;
  return patchNode(next, edge.target, (target) => ({
    ...target,
    inputs: { ...target.inputs, [port]: { ref: `steps.${source.key}.output.${edge.sourcePort}` } },
  }));
}

/** The first input that surely takes what the wire carries, required ones first; undefined means connect by order. */
export function firstFittingInput(doc: CanvasDoc, wire: Wire, facts: Facts): string | undefined {
  const target = doc.nodes.find((node) => node.id === wire.target);
  const source = doc.nodes.find((node) => node.id === wire.source);
  if (!target || !source) return undefined;
  const carried = sourceSchema(portsOf(source, facts.nodeOf, facts.around), wire.sourcePort);
  if (!carried || Object.keys(carried).length === 0) return undefined;
  return Object.entries(portsOf(target, facts.nodeOf, facts.around).inputs)
    .filter(([, port]) => port.required)
    .map(([key]) => key)
    .find((key) => {
      const answer = canConnect(doc, { ...wire, targetPort: key }, facts);
      return answer.ok && answer.sure;
    });
}

/** Moves nodes, notes and frames; positions are relative to the container of a node that has one. */
export function move(doc: CanvasDoc, to: ReadonlyMap<string, Point>): CanvasDoc {
  const moved = <T extends { id: string; position: Point }>(thing: T): T => {
    const position = to.get(thing.id);
    return position && (position.x !== thing.position.x || position.y !== thing.position.y)
      ? { ...thing, position }
      : thing;
  };
  return { ...doc, nodes: doc.nodes.map(moved), notes: doc.notes.map(moved), frames: doc.frames.map(moved) };
}

/** Puts a node into a container's body or takes it out; wires that would cross the border are dropped. */
export function reparent(doc: CanvasDoc, id: string, parent: string | undefined, position: Point): CanvasDoc {
  const next = patchNode(doc, id, (node) => {
    const { parent: _, ...rest } = node;
    return { ...rest, position, ...(parent === undefined ? {} : { parent }) };
  });
  const parents = new Map(next.nodes.map((node) => [node.id, node.parent]));
  return {
    ...next,
    edges: next.edges.filter((edge) =>
      edge.source === id || edge.target === id ? parents.get(edge.source) === parents.get(edge.target) : true,
    ),
  };
}
