// The one way a kind gets onto the canvas: placed, wired or spliced, and selected, in one undo step.
import type { CanvasDoc } from "../../core/canvas.ts";
import type { Node } from "../../core/node.ts";
import type { Facts } from "./connect.ts";
import { canConnect, connect } from "./connect.ts";
import {
  addNode,
  addNote,
  cardHeight,
  cardWidth,
  connectSoftly,
  firstFittingInput,
  mainOutput,
  makeNode,
  splice,
  type Point,
} from "./nodes.ts";
import { portsOf } from "./ports-of.ts";

export interface Placement {
  at: Point;
  /** The port a wire was drawn from, or the selected node to go on after. */
  from?: { node: string; port?: string; side: "source" | "target" } | undefined;
  /** A wire to put the node into. */
  edge?: string | undefined;
  /** The container whose body it goes into; `at` is then relative to it. */
  parent?: string | undefined;
}

/** Moves a point down until no card lies there. */
export function freeSpot(doc: CanvasDoc, at: Point, parent: string | undefined): Point {
  let spot = at;
  const taken = (point: Point) =>
    doc.nodes.some(
      (node) =>
        node.parent === parent &&
        Math.abs(node.position.x - point.x) < cardWidth &&
        Math.abs(node.position.y - point.y) < cardHeight + 8,
    );
  for (let tries = 0; tries < 50 && taken(spot); tries += 1)
    spot = { x: spot.x, y: spot.y + cardHeight + 24 };
  return spot;
}

/** Adds a node of this kind as the placement says. Wires that are not possible are left out. */
export function addKind(
  doc: CanvasDoc,
  kind: Node,
  placement: Placement,
  facts: Facts,
): { doc: CanvasDoc; id: string } {
  if (kind.role === "canvas") return addNote(doc, placement.at);
  const node = makeNode(doc, kind, placement.at, placement.parent);
  let next = addNode(doc, node);
  if (placement.edge !== undefined) next = splice(next, placement.edge, node.id, facts);
  const { from } = placement;
  if (from?.side === "source") {
    const source = doc.nodes.find((entry) => entry.id === from.node);
    if (source) {
      const wire = { source: source.id, sourcePort: from.port ?? mainOutput(source, facts), target: node.id };
      next = connectSoftly(next, { ...wire, targetPort: firstFittingInput(next, wire, facts) }, facts);
    }
  }
  if (from?.side === "target") {
    const outputs = [...Object.keys(portsOf(node, facts.nodeOf, facts.around).outputs), "finished"];
    const wires = outputs.map((port) => ({
      source: node.id,
      sourcePort: port,
      target: from.node,
      ...(from.port === undefined ? {} : { targetPort: from.port }),
    }));
    const sure = wires.find((wire) => {
      const answer = canConnect(next, wire, facts);
      return answer.ok && answer.sure;
    });
    const wire = sure ?? wires.find((candidate) => canConnect(next, candidate, facts).ok);
    if (wire) next = connect(next, wire, facts);
  }
  return { doc: next, id: node.id };
}
