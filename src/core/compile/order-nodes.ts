// Sixth pass: an order in which every node comes after what it waits for; or the circles that prevent one.
import { isStep, nameOf, report, type Placed, type Sketch } from "./sketch.ts";

/**
 * Ranks by longest path from a node that waits for nothing; circles are reported by the names of their steps.
 * @returns every node after what it waits for; null when there is a circle
 */
export function orderNodes(sketch: Sketch): Placed[] | null {
  const ordered: Placed[] = [];
  const waiting = new Map<Placed, number>();
  const dependents = new Map<Placed, Placed[]>();
  const open: Placed[] = [];
  const steps = sketch.placed.filter(isStep);
  for (const placed of steps) {
    if (placed.deps.length === 0) open.push(placed);
    else waiting.set(placed, placed.deps.length);
    for (const { upstream } of placed.deps) {
      const list = dependents.get(upstream);
      if (list) list.push(placed);
      else dependents.set(upstream, [placed]);
    }
  }
  for (let at = open.pop(); at; at = open.pop()) {
    ordered.push(at);
    for (const next of dependents.get(at) ?? []) {
      next.rank = Math.max(next.rank, at.rank + 1);
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) open.push(next);
    }
  }
  if (ordered.length === steps.length) return ordered;
  const stuck = steps.filter((placed) => (waiting.get(placed) ?? 0) > 0);
  reportCircles(sketch, stuck);
  return null;
}

/** One diagnostic per circle, on its first node. */
function reportCircles(sketch: Sketch, stuck: readonly Placed[]): void {
  const left = new Set(stuck);
  const seen = new Set<Placed>();
  for (const start of stuck) {
    const path: Placed[] = [];
    let at: Placed | undefined = start;
    while (at && !seen.has(at)) {
      seen.add(at);
      path.push(at);
      at = at.deps.find(({ upstream }) => left.has(upstream))?.upstream;
    }
    const from = at ? path.indexOf(at) : -1;
    if (from < 0) continue;
    const circle = fromFirstKey(path.slice(from).toReversed());
    const names = shortened(circle.map(({ node }) => nameOf(node)));
    report(sketch, {
      code: "graph.cycle",
      node: circle[0]?.node,
      message: `These steps wait for each other: ${[...names, names[0]].join(" → ")}.`,
      hint: "Delete one of the wires or references between them; to repeat steps, put them into a For each.",
    });
  }
}

/** The same circle, told from the node whose key comes first. */
function fromFirstKey(circle: Placed[]): Placed[] {
  const first = circle.reduce(
    (least, { node }, n) => (node.key < (circle[least]?.node.key ?? node.key) ? n : least),
    0,
  );
  return [...circle.slice(first), ...circle.slice(0, first)];
}

/** A circle of hundreds is told by its start and its end. */
function shortened(names: string[]): string[] {
  return names.length <= 12
    ? names
    : [...names.slice(0, 6), `… ${names.length - 9} more …`, ...names.slice(-3)];
}
