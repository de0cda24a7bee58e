// Which nodes belong to the plan: those a trigger leads to, and what those need.
import type { Mention } from "./check-sources.ts";
import { isStep, liftTo, nameOf, report, type Placed, type Sketch } from "./sketch.ts";

/** @returns nodes that no trigger leads to; they are not published, so that a half-built corner of the canvas never runs */
export function findUnreached(
  sketch: Sketch,
  mentions: readonly Mention[],
  outputSteps: readonly Placed[],
): Set<Placed> {
  const triggers = sketch.placed.filter(({ kind }) => kind.role === "trigger");
  if (triggers.length === 0) {
    report(sketch, {
      code: "graph.no_trigger",
      message: "Nothing starts this workflow.",
      hint: "Add a trigger, such as the manual one.",
    });
    return new Set();
  }
  const top = sketch.placed.filter((placed) => isStep(placed) && placed.parent === null);
  const live = new Set<Placed>(outputSteps.map(outermost));
  for (const placed of top)
    if (placed.incoming.some(({ source }) => source.kind.role === "trigger")) live.add(placed);
  for (const { path, reader } of mentions)
    if (path.root === "input" || path.root === "trigger" || isBroken(sketch, path, reader))
      live.add(outermost(reader));
  spread(top, live);
  const unreached = new Set<Placed>();
  if (live.size < top.length)
    for (const placed of sketch.placed)
      if (isStep(placed) && !live.has(outermost(placed))) unreached.add(placed);
  for (const placed of unreached) {
    if (placed.parent !== null) continue;
    report(sketch, {
      code: "graph.unreachable",
      severity: "warning",
      node: placed.node,
      message: `No route from a trigger leads to ${nameOf(placed.node)}, so it will not run.`,
      hint: "Connect it or delete it.",
    });
  }
  return unreached;
}

/** A node that names a step which is not there is meant to be connected: its mistake must stop publishing. */
function isBroken(sketch: Sketch, { root, segments: [key] }: Mention["path"], reader: Placed): boolean {
  if (root !== "steps") return false;
  const upstream = typeof key === "string" ? sketch.byKey.get(key) : undefined;
  return !upstream || (upstream.parent !== reader && !liftTo(reader, upstream.parent));
}

function outermost(placed: Placed): Placed {
  let at = placed;
  while (at.parent) at = at.parent;
  return at;
}

/** Forward to all dependents, then back to everything those wait for. */
function spread(top: readonly Placed[], live: Set<Placed>): void {
  if (live.size === top.length) return;
  const dependents = new Map<Placed, Placed[]>();
  for (const placed of top)
    for (const { upstream } of placed.deps) {
      const list = dependents.get(upstream);
      if (list) list.push(placed);
      else dependents.set(upstream, [placed]);
    }
  walk([...live], live, (placed) => dependents.get(placed) ?? []);
  if (live.size < top.length) walk([...live], live, (placed) => placed.deps.map(({ upstream }) => upstream));
}

function walk(open: Placed[], live: Set<Placed>, next: (placed: Placed) => Placed[]): void {
  for (let at = open.pop(); at; at = open.pop())
    for (const other of next(at)) {
      if (live.has(other)) continue;
      live.add(other);
      open.push(other);
    }
}
