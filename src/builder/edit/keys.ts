// Keys for new and renamed nodes.
import { Key } from "../../core/json.ts";
import type { CanvasDoc } from "../../core/canvas.ts";
import type { NodeLookup } from "./ports-of.ts";
import { renameKey } from "./references.ts";

/** The key a title suggests: `Fetch invoice` becomes `fetch_invoice`; `step` when nothing usable is left. */
export function keyFromTitle(title: string): string {
  const key = title
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, 40)
    .replace(/_+$/, "");
  return Key.safeParse(key).success ? key : key === "" ? "step" : `${key}_step`;
}

/** `wanted`, or the first of `wanted_2`, `wanted_3` … that nobody has. */
export function freeKey(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/_\d+$/, "");
  for (let n = 2; ; n += 1) if (!taken.has(`${stem}_${n}`)) return `${stem}_${n}`;
}

export function keysOf(doc: CanvasDoc): Set<string> {
  return new Set(doc.nodes.map((node) => node.key));
}

/** Changes a node's title; a key that still follows the old title (or the kind) follows the new one, references included. */
export function retitle(doc: CanvasDoc, nodeId: string, title: string, nodeOf: NodeLookup): CanvasDoc {
  const node = doc.nodes.find((entry) => entry.id === nodeId);
  // A space at the end stays: the next word may be on its way.
  const kept = title.trimStart().slice(0, 120);
  if (!node || kept === (node.title ?? "")) return doc;
  const kind = nodeOf(node.kind);
  const automatic = [node.title, kind?.title, node.kind].some(
    (name) => name !== undefined && node.key.replace(/_\d+$/, "") === keyFromTitle(name),
  );
  const titled: CanvasDoc = {
    ...doc,
    nodes: doc.nodes.map((entry) => {
      if (entry.id !== nodeId) return entry;
      const { title: _, ...rest } = entry;
      return kept === "" ? rest : { ...rest, title: kept };
    }),
  };
  if (!automatic) return titled;
  const others = keysOf(doc);
  others.delete(node.key);
  return renameKey(titled, nodeId, freeKey(keyFromTitle(kept || (kind?.title ?? node.kind)), others), nodeOf);
}
