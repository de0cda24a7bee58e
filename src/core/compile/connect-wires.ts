// Second pass: edges become wires between placed nodes; switched-off nodes are bypassed.
import type { CanvasEdge, CanvasNode } from "../canvas.ts";
import { didYouMean } from "../nearest.ts";
import { bodyRoots } from "../node.ts";
import { fits } from "../ports.ts";
import { nameOf, report, type Placed, type Sketch, type Wire } from "./sketch.ts";

const reserved = new Set(["failed", "finished"]);

export function connectWires(sketch: Sketch): void {
  const arriving = new Map<Placed, Wire[]>();
  const dangling: CanvasEdge[] = [];
  for (const edge of bypassDisabled(sketch, sketch.doc.edges)) {
    const [source, target] = [sketch.byId.get(edge.source), sketch.byId.get(edge.target)];
    if (!source || !target) {
      dangling.push(edge);
      continue;
    }
    const wire = { edge, source, target };
    const others = arriving.get(target);
    if (others) others.push(wire);
    else arriving.set(target, [wire]);
  }
  for (const target of sketch.placed) connectTo(sketch, arriving.get(target) ?? []);
  reportDangling(sketch, dangling);
}

/** Wires into one node, in an order that does not depend on the document's; the same wire drawn twice is one. */
function connectTo(sketch: Sketch, wires: Wire[]): void {
  if (wires.length > 1) wires.sort(compareWires);
  let before: CanvasEdge | undefined;
  for (const wire of wires) {
    const { edge } = wire;
    const twice =
      before?.source === edge.source &&
      before.sourcePort === edge.sourcePort &&
      before.targetPort === edge.targetPort;
    before = edge;
    if (twice || !checkWire(sketch, wire)) continue;
    wire.source.outgoing.push(wire);
    wire.target.incoming.push(wire);
  }
}

function compareWires(a: Wire, b: Wire): number {
  return (
    compareText(a.edge.targetPort ?? "", b.edge.targetPort ?? "") ||
    compareText(a.source.node.key, b.source.node.key) ||
    compareText(a.edge.sourcePort, b.edge.sourcePort) ||
    compareText(a.edge.source, b.edge.source)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function reportDangling(sketch: Sketch, edges: readonly CanvasEdge[]): void {
  if (edges.length === 0) return;
  const keyOf = (id: string) => sketch.byId.get(id)?.node.key ?? id;
  const textOf = ({ source, sourcePort, target, targetPort = "" }: CanvasEdge) =>
    [keyOf(target), targetPort, keyOf(source), sourcePort].join(" ");
  const ids = new Set(sketch.doc.nodes.map(({ id }) => id));
  const known = new Set<string>();
  for (const edge of edges.toSorted((a, b) => compareText(textOf(a), textOf(b)))) {
    const same = `${edge.source} ${edge.sourcePort} ${edge.target} ${edge.targetPort ?? ""}`;
    const [source, target] = [sketch.byId.get(edge.source), sketch.byId.get(edge.target)];
    // An end at a note, an unknown kind or a switched-off trigger is explained where that node is.
    if (known.has(same) || ids.has(source ? edge.target : edge.source)) continue;
    known.add(same);
    report(sketch, {
      code: "graph.dangling_edge",
      node: (source ?? target)?.node,
      message: "A wire leads to a node that does not exist.",
      hint: "Delete the wire.",
    });
  }
}

function checkWire(sketch: Sketch, wire: Wire): boolean {
  const { source, target } = wire;
  if (target.kind.role !== "trigger") return checkBorders(sketch, source, target) && checkPorts(sketch, wire);
  report(sketch, {
    code: "graph.dangling_edge",
    node: target.node,
    message: `A wire leads into ${nameOf(target.node)}, which starts the run.`,
    hint: "Delete the wire.",
  });
  return false;
}

/** A container hands its roots (`item` and `index`, or `turn` and `previous`) to what stands directly inside it. */
export function isItemWire({ edge, source, target }: Wire): boolean {
  return target.parent === source && bodyRoots[source.kind.body ?? "items"].includes(edge.sourcePort);
}

function checkBorders(sketch: Sketch, source: Placed, target: Placed): boolean {
  if (source.kind.role === "trigger" || source.parent === target.parent || target.parent === source)
    return true;
  report(sketch, {
    code: "graph.crosses_body",
    node: target.node,
    message: `The wire from ${nameOf(source.node)} to ${nameOf(target.node)} crosses the border of ${nameOf((target.parent ?? source.parent ?? source).node)}.`,
    hint: "Pass the value through a port of the container, or name it in an expression.",
  });
  return false;
}

function checkPorts(sketch: Sketch, wire: Wire): boolean {
  const { edge, source, target } = wire;
  if (
    source.kind.role !== "trigger" &&
    !reserved.has(edge.sourcePort) &&
    !Object.hasOwn(source.ports.outputs, edge.sourcePort) &&
    !isItemWire(wire)
  ) {
    report(sketch, {
      code: "graph.dangling_edge",
      node: source.node,
      message: `A wire leaves ${nameOf(source.node)} at ${edge.sourcePort}, which it does not have.`,
      hint: didYouMean(
        edge.sourcePort,
        Object.keys(source.ports.outputs),
        "Draw the wire again from a port it has.",
      ),
    });
    return false;
  }
  if (target.parent === source && !isItemWire(wire)) {
    report(sketch, {
      code: "graph.crosses_body",
      node: target.node,
      message: `The wire from ${nameOf(source.node)} leads into its own body.`,
      hint: `Inside the body only ${bodyRoots[source.kind.body ?? "items"].join(" and ")} are there; name them in an expression.`,
    });
    return false;
  }
  if (
    edge.targetPort === undefined ||
    Object.hasOwn(target.ports.inputs, edge.targetPort) ||
    !target.configOk
  )
    return true;
  report(sketch, {
    code: "port.unknown",
    node: target.node,
    path: `inputs.${edge.targetPort}`,
    message: `A wire arrives at ${nameOf(target.node)} at ${edge.targetPort}, which it does not have.`,
    hint: didYouMean(
      edge.targetPort,
      Object.keys(target.ports.inputs),
      "Draw the wire again to a port it has.",
    ),
  });
  return false;
}

/** Joins the wires before a switched-off node to those after it, until none of its ends is left. */
function bypassDisabled(sketch: Sketch, edges: readonly CanvasEdge[]): readonly CanvasEdge[] {
  if (sketch.disabled.size === 0) return edges;
  let current = [...edges];
  for (const node of [...sketch.disabled.values()].sort((a, b) => compareText(a.key, b.key))) {
    const before = current.filter((edge) => edge.target === node.id && edge.source !== node.id);
    const after = current.filter((edge) => edge.source === node.id && edge.target !== node.id);
    current = current.filter((edge) => edge.source !== node.id && edge.target !== node.id);
    for (const edge of after) current.push(...bypassEdge(sketch, node, before, edge));
  }
  return current;
}

function bypassEdge(sketch: Sketch, node: CanvasNode, before: CanvasEdge[], after: CanvasEdge): CanvasEdge[] {
  if (sketch.kinds.get(node.kind)?.role === "trigger") return [];
  const order = before.map(({ source, sourcePort }) => ({
    id: after.id,
    source,
    sourcePort,
    target: after.target,
  }));
  const reader = sketch.byId.get(after.target);
  const wanted = after.targetPort === undefined ? undefined : reader?.ports.inputs[after.targetPort];
  if (after.targetPort === undefined || !wanted) return order;
  const data = before.filter((edge) => edge.targetPort !== undefined);
  const [only] = data;
  if (only && data.length === 1 && passes(sketch, only, wanted.schema))
    return order.map((edge) => ({
      ...edge,
      targetPort:
        edge.source === only.source && edge.sourcePort === only.sourcePort ? after.targetPort : undefined,
    }));
  report(sketch, {
    code: "port.missing",
    node: reader?.node,
    path: `inputs.${after.targetPort}`,
    message: `${reader ? nameOf(reader.node) : "A node"} reads ${nameOf(node)}, which is switched off and has no single value of a fitting type to pass on.`,
    hint: "Switch it on, or wire this input to something else.",
  });
  return order;
}

function passes(
  sketch: Sketch,
  edge: CanvasEdge,
  wanted: Placed["ports"]["inputs"][string]["schema"],
): boolean {
  const source = sketch.byId.get(edge.source);
  const schema =
    source?.kind.role === "trigger" ? sketch.doc.input : source?.ports.outputs[edge.sourcePort]?.schema;
  return schema === undefined || fits(schema, wanted) !== "no";
}
