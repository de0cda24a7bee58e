// What publishing would change, in words a reviewer can check.
import type { CanvasDoc, CanvasNode } from "../../core/canvas.ts";
import { canonicalJson } from "../../core/canonical.ts";
import type { Json } from "../../core/json.ts";

export interface DocDiff {
  added: CanvasNode[];
  removed: CanvasNode[];
  changed: { node: CanvasNode; parts: string[] }[];
  wiresAdded: number;
  wiresRemoved: number;
  /** Of the workflow itself: input, output, variables, settings. */
  workflow: string[];
}

const plain = (value: unknown): string =>
  canonicalJson((value === undefined ? null : JSON.parse(JSON.stringify(value))) as Json);

const parts: Record<string, (node: CanvasNode) => unknown> = {
  key: (node) => node.key,
  title: (node) => node.title,
  settings: (node) => [node.kind, node.kindVersion, node.config],
  inputs: (node) => node.inputs,
  condition: (node) => node.when,
  retries: (node) => [node.retry, node.timeoutMs, node.deadlineMs],
  "failure handling": (node) => [node.onFailure, node.fallback, node.rollback],
  effect: (node) => node.effect,
  checks: (node) => node.verifiers,
  enabled: (node) => node.disabled,
  container: (node) => node.parent,
};

const wireKey = (edge: CanvasDoc["edges"][number]) =>
  [edge.source, edge.sourcePort, edge.target, edge.targetPort ?? ""].join(" ");

/** Positions, notes, frames and the view do not count: they change nothing that runs. */
export function diffDocs(before: CanvasDoc, after: CanvasDoc): DocDiff {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const now = new Set(after.nodes.map((node) => node.id));
  const wiresBefore = new Set(before.edges.map(wireKey));
  const wiresAfter = new Set(after.edges.map(wireKey));
  return {
    added: after.nodes.filter((node) => !old.has(node.id)),
    removed: before.nodes.filter((node) => !now.has(node.id)),
    changed: after.nodes.flatMap((node) => {
      const was = old.get(node.id);
      if (!was) return [];
      const differing = Object.entries(parts).filter(([, read]) => plain(read(was)) !== plain(read(node)));
      return differing.length > 0 ? [{ node, parts: differing.map(([name]) => name) }] : [];
    }),
    wiresAdded: [...wiresAfter].filter((wire) => !wiresBefore.has(wire)).length,
    wiresRemoved: [...wiresBefore].filter((wire) => !wiresAfter.has(wire)).length,
    workflow: (["input", "output", "variables", "settings"] as const).filter(
      (part) => plain(before[part]) !== plain(after[part]),
    ),
  };
}

export function isSame(diff: DocDiff): boolean {
  const { added, removed, changed, wiresAdded, wiresRemoved, workflow } = diff;
  return added.length + removed.length + changed.length + wiresAdded + wiresRemoved + workflow.length === 0;
}
