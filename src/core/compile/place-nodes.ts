// First pass: every node gets its kind, its parsed config, its ports and its place in a body.
import type { CanvasNode } from "../canvas.ts";
import type { JsonObject } from "../json.ts";
import type { Node } from "../node.ts";
import { didYouMean } from "../nearest.ts";
import { pathText } from "../validate.ts";
import { nameOf, report, type Placed, type Sketch } from "./sketch.ts";

export const maxSteps = 2_000;
export const maxDepth = 3;

export function placeNodes(sketch: Sketch): void {
  const { doc } = sketch;
  if (doc.nodes.length > maxSteps)
    report(sketch, {
      code: "graph.too_large",
      message: `The canvas has ${doc.nodes.length} nodes; ${maxSteps} is the limit.`,
      hint: "Split it into sub-workflows.",
    });
  const ids = new Set<string>();
  for (const node of doc.nodes.toSorted((a, b) =>
    a.key < b.key ? -1 : a.key > b.key ? 1 : a.id < b.id ? -1 : 1,
  )) {
    if (ids.has(node.id))
      report(sketch, {
        code: "document.invalid",
        node,
        message: `Two nodes have the id ${node.id}.`,
        hint: "Copy one of them again and delete the old one.",
      });
    ids.add(node.id);
    placeNode(sketch, node);
  }
  placeInBodies(sketch);
}

function placeNode(sketch: Sketch, node: CanvasNode): void {
  const kind = sketch.kinds.get(node.kind);
  if (!kind) {
    report(sketch, {
      code: "node.unknown_kind",
      node,
      path: "kind",
      message: `${nameOf(node)} is of a kind this installation does not have: ${node.kind}.`,
      hint: didYouMean(node.kind, [...sketch.kinds.keys()], "Install its pack, or replace the node."),
    });
    return;
  }
  if (node.pin)
    report(sketch, {
      code: "pin.dropped",
      severity: "info",
      node,
      path: "pin",
      message: `${nameOf(node)} has a pinned output, which is not published.`,
      hint: "Nothing to do: pins serve test runs only.",
    });
  if (kind.role === "canvas") return;
  if (node.disabled) {
    sketch.disabled.set(node.id, node);
    return;
  }
  const same = sketch.byKey.get(node.key);
  if (same) reportDuplicate(sketch, node, same.node);
  if (node.key.includes("__"))
    report(sketch, {
      code: "node.config",
      node,
      path: "key",
      message: `The key ${node.key} has two underscores in a row, which is kept for the compiler.`,
      hint: "Use one underscore.",
    });
  const { config, ok } = parseConfig(sketch, node, kind);
  const placed = placedAs(sketch, node, kind, config, ok);
  sketch.placed.push(placed);
  sketch.byId.set(node.id, placed);
  if (!same) sketch.byKey.set(node.key, placed);
}

/** A node with its kind, before anything around it is known. */
export function placedAs(
  sketch: Sketch,
  node: CanvasNode,
  kind: Node,
  config: JsonObject,
  configOk: boolean,
): Placed {
  return {
    node,
    kind,
    config,
    configOk,
    ports: kind.portsOf(config, sketch.around),
    parent: null,
    depth: 0,
    incoming: [],
    outgoing: [],
    ways: null,
    inputTypes: new Map(),
    portsUncertain: false,
    inputs: { ...node.inputs },
    deps: [],
    rank: 0,
    reads: [],
  };
}

function reportDuplicate(sketch: Sketch, node: CanvasNode, other: CanvasNode): void {
  report(sketch, {
    code: "node.duplicate_key",
    node,
    path: "key",
    message: `The key ${node.key} is used by ${nameOf(node)} and ${nameOf(other)}.`,
    hint: "Rename one of them.",
  });
}

/** The config as its kind reads it; what does not fit is reported. */
export function parseConfig(
  sketch: Sketch,
  node: CanvasNode,
  kind: Node,
): { config: JsonObject; ok: boolean } {
  if (node.kindVersion > kind.version) {
    report(sketch, {
      code: "node.unknown_kind",
      node,
      path: "kindVersion",
      message: `${nameOf(node)} was made with version ${node.kindVersion} of ${kind.title}; this installation has version ${kind.version}.`,
      hint: "Update this installation.",
    });
    return { config: node.config, ok: false };
  }
  const config = (kind.migrations ?? [])
    .slice(node.kindVersion - 1)
    .reduce((old, migrate) => migrate(old), node.config);
  const read = kind.readConfig(config);
  if ("config" in read) return { config: read.config, ok: true };
  for (const issue of read.issues.slice(0, 10)) {
    const field = pathText(issue.path);
    const label = kind.form[String(issue.path[0])]?.label ?? field;
    const [first] = issue.path;
    const missing = issue.path.length === 1 && typeof first === "string" && !Object.hasOwn(config, first);
    report(sketch, {
      code: missing && kind.body === "turns" && first === "maxTurns" ? "loop.no_bound" : "node.config",
      node,
      path: field === "" ? "config" : `config.${field}`,
      message: missing
        ? `${nameOf(node)} has no "${label}" yet.`
        : `${nameOf(node)}: ${label === "" ? "the settings do" : `"${label}" does`} not fit: ${issue.message}.`,
      hint: missing ? "Open the node and fill it in." : "Open the node and correct this field.",
    });
  }
  return { config, ok: false };
}

function placeInBodies(sketch: Sketch): void {
  for (const placed of sketch.placed) {
    const id = placed.node.parent;
    if (id === undefined) continue;
    const parent = sketch.byId.get(id);
    if (parent?.kind.role === "container" && parent !== placed) placed.parent = parent;
    else if (!sketch.disabled.has(id))
      report(sketch, {
        code: "document.invalid",
        node: placed.node,
        path: "parent",
        message: `${nameOf(placed.node)} is inside a node that does not hold others.`,
        hint: "Move it out, or into a node such as For each.",
      });
  }
  dropDisabledBodies(sketch);
  for (const placed of sketch.placed) if (placed.parent) placed.depth = depthOf(sketch, placed);
}

/** What stands in a switched-off container is switched off with it. */
function dropDisabledBodies(sketch: Sketch): void {
  // Of two nodes with one id only the last is known by it, and stays.
  if (sketch.disabled.size === 0 && sketch.byId.size === sketch.placed.length) return;
  const isOff = (placed: Placed): boolean => {
    let at: Placed | null = placed;
    for (let n = 0; at && n <= sketch.placed.length; n++) {
      if (at.node.parent !== undefined && sketch.disabled.has(at.node.parent)) return true;
      at = at.parent;
    }
    return false;
  };
  for (const placed of sketch.placed.filter(isOff)) {
    sketch.disabled.set(placed.node.id, placed.node);
    sketch.byId.delete(placed.node.id);
    if (sketch.byKey.get(placed.node.key) === placed) sketch.byKey.delete(placed.node.key);
  }
  sketch.placed = sketch.placed.filter((placed) => sketch.byId.get(placed.node.id) === placed);
}

function depthOf(sketch: Sketch, placed: Placed): number {
  let depth = 0;
  const seen = new Set<Placed>([placed]);
  for (let at = placed.parent; at; at = at.parent) {
    depth++;
    if (seen.has(at)) {
      report(sketch, {
        code: "document.invalid",
        node: placed.node,
        path: "parent",
        message: `${nameOf(placed.node)} is inside itself.`,
        hint: "Move it out.",
      });
      placed.parent = null;
      return 0;
    }
    seen.add(at);
  }
  if (depth > maxDepth)
    report(sketch, {
      code: "graph.too_large",
      node: placed.node,
      message: `${nameOf(placed.node)} stands ${depth} bodies deep; ${maxDepth} is the limit.`,
      hint: "Move the inner part into a sub-workflow.",
    });
  return depth;
}
