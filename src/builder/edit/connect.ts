// Which wires a document accepts, and why it refuses the rest.
import type { CanvasDoc, CanvasEdge, CanvasNode } from "../../core/canvas.ts";
import type { Schema } from "../../core/json.ts";
import { bodyRoots, type Surroundings } from "../../core/node.ts";
import { describeSchema, fits, whyNot } from "../../core/ports.ts";
import { newId } from "./new-id.ts";
import { portsOf, sourceSchema, ordersOnly, type NodeLookup } from "./ports-of.ts";

export interface Wire {
  source: string;
  sourcePort: string;
  target: string;
  /** Absent: the wire only says "after". */
  targetPort?: string | undefined;
}

export type Answer = { ok: true; sure: boolean } | { ok: false; reason: string };

export interface Facts {
  nodeOf: NodeLookup;
  around: Surroundings;
}

const no = (reason: string): Answer => ({ ok: false, reason });

/** Every node that can be reached by wires from `from`, itself included. */
export function downstreamOf(doc: CanvasDoc, from: Iterable<string>): Set<string> {
  return walk(doc.edges, from, (edge) => [edge.source, edge.target]);
}

export function upstreamOf(doc: CanvasDoc, from: Iterable<string>): Set<string> {
  return walk(doc.edges, from, (edge) => [edge.target, edge.source]);
}

function walk(
  edges: readonly CanvasEdge[],
  from: Iterable<string>,
  ends: (edge: CanvasEdge) => [string, string],
) {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    const [a, b] = ends(edge);
    next.set(a, [...(next.get(a) ?? []), b]);
  }
  const seen = new Set<string>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(next.get(id) ?? []));
  }
  return seen;
}

let lastAsked: { doc: CanvasDoc; id: string; before: Set<string> } | undefined;

/** Remembers the last answer: while one wire is drawn, every port on the canvas asks about the same node. */
function runsBefore(doc: CanvasDoc, id: string): Set<string> {
  if (lastAsked?.doc !== doc || lastAsked.id !== id) lastAsked = { doc, id, before: upstreamOf(doc, [id]) };
  return lastAsked.before;
}

export function nameOf(node: CanvasNode, nodeOf: NodeLookup): string {
  return node.title ?? nodeOf(node.kind)?.title ?? node.key;
}

/** What a container hands to the nodes in its body, besides by name. */
export const itemPorts: ReadonlySet<string> = new Set(Object.values(bodyRoots).flat());

function itemAnswer(target: CanvasNode, wire: Wire, { nodeOf, around }: Facts): Answer {
  if (wire.targetPort === undefined) return { ok: true, sure: true };
  const port = portsOf(target, nodeOf, around).inputs[wire.targetPort];
  if (!port) return no(`${nameOf(target, nodeOf)} has no input ${wire.targetPort}.`);
  const carried: Schema =
    wire.sourcePort === "index" || wire.sourcePort === "turn" ? { type: "integer" } : {};
  const verdict = fits(carried, port.schema);
  return verdict === "no" ? no(whyNot(carried, port.schema)) : { ok: true, sure: verdict === "yes" };
}

/** `sure` is false when the types may fit but nobody can tell before the run. */
export function canConnect(doc: CanvasDoc, wire: Wire, { nodeOf, around }: Facts): Answer {
  const source = doc.nodes.find((node) => node.id === wire.source);
  const target = doc.nodes.find((node) => node.id === wire.target);
  if (!source || !target) return no("One end of this wire is not on the canvas.");
  if (source.id === target.id) return no("A node cannot feed itself; use a map or a repeat.");
  if (nodeOf(target.kind)?.role === "trigger")
    return no("A trigger starts the run, so nothing can lead into it.");
  if (target.parent === source.id && itemPorts.has(wire.sourcePort))
    return itemAnswer(target, wire, { nodeOf, around });
  if (target.parent === source.id || source.parent === target.id)
    return no("A wire cannot cross a container's border; inside it, use item or a port of the container.");
  if (source.parent !== target.parent)
    return no("A wire cannot cross a container's border; pass the value through one of its ports.");
  if (runsBefore(doc, source.id).has(target.id))
    return no(
      `${nameOf(source, nodeOf)} already runs after ${nameOf(target, nodeOf)}; this wire would make a circle.`,
    );
  const isTrigger = nodeOf(source.kind)?.role === "trigger";
  const carried = isTrigger ? doc.input : sourceSchema(portsOf(source, nodeOf, around), wire.sourcePort);
  if (!carried) return no(`${nameOf(source, nodeOf)} has no port ${wire.sourcePort}.`);
  if (wire.targetPort === undefined) return { ok: true, sure: true };
  const port = portsOf(target, nodeOf, around).inputs[wire.targetPort];
  if (!port) return no(`${nameOf(target, nodeOf)} has no input ${wire.targetPort}.`);
  if (ordersOnly(portsOf(source, nodeOf, around), wire.sourcePort))
    return no(
      `${wire.sourcePort} carries no value, it only says what runs next; drop it on the node itself.`,
    );
  const verdict = fits(carried, port.schema);
  if (verdict === "no") return no(whyNot(carried, port.schema));
  return { ok: true, sure: verdict === "yes" };
}

/** The port a wire dropped on the node itself means: its only free required input that fits, else none (order). */
export function bestTargetPort(
  doc: CanvasDoc,
  wire: Omit<Wire, "targetPort">,
  facts: Facts,
): string | undefined {
  const target = doc.nodes.find((node) => node.id === wire.target);
  if (!target) return undefined;
  const free = Object.entries(portsOf(target, facts.nodeOf, facts.around).inputs).filter(
    ([key, port]) =>
      port.required &&
      target.inputs[key] === undefined &&
      !doc.edges.some((edge) => edge.target === target.id && edge.targetPort === key),
  );
  const fitting = free.filter(([key]) => {
    const answer = canConnect(doc, { ...wire, targetPort: key }, facts);
    return answer.ok && answer.sure;
  });
  return fitting.length === 1 ? fitting[0]?.[0] : undefined;
}

/**
 * Adds the wire. A wire already in that port, or a value typed into it, gives way (unless the port takes many); `failed` switches
 * the source to catch.
 */
export function connect(doc: CanvasDoc, wire: Wire, facts: Facts): CanvasDoc {
  const node = doc.nodes.find((entry) => entry.id === wire.target);
  const port =
    node && wire.targetPort !== undefined
      ? portsOf(node, facts.nodeOf, facts.around).inputs[wire.targetPort]
      : undefined;
  const same = (edge: CanvasEdge) =>
    edge.target === wire.target &&
    edge.targetPort === wire.targetPort &&
    ((wire.targetPort !== undefined && !port?.many) ||
      (edge.source === wire.source && edge.sourcePort === wire.sourcePort));
  const { targetPort, ...ends } = wire;
  const edge: CanvasEdge = { id: newId(), ...ends, ...(targetPort === undefined ? {} : { targetPort }) };
  const nodes = doc.nodes.map((node) => {
    if (node.id === wire.target && targetPort !== undefined && node.inputs[targetPort] !== undefined) {
      const { [targetPort]: _, ...inputs } = node.inputs;
      return { ...node, inputs };
    }
    if (node.id === wire.source && wire.sourcePort === "failed" && node.onFailure !== "catch")
      return { ...node, onFailure: "catch" as const };
    return node;
  });
  return { ...doc, nodes, edges: [...doc.edges.filter((entry) => !same(entry)), edge] };
}

/** "text" or "list of objects" for a port's tooltip. */
export function describePort(schema: Parameters<typeof describeSchema>[0]): string {
  return describeSchema(schema);
}
