// Groups and searches node kinds.
import type { Node, NodeCategory, Registry } from "../../core/node.ts";

export const categoryTitles: Record<NodeCategory, string> = {
  trigger: "Triggers",
  tool: "Tools",
  ai: "AI",
  data: "Data",
  logic: "Logic",
  people: "People",
  output: "Outputs",
  canvas: "Notes",
};

/** How well a kind answers a search: lower is better, undefined is not at all. */
export function rank(kind: Node, query: string): number | undefined {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return 0;
  const title = kind.title.toLowerCase();
  if (title.startsWith(wanted)) return 0;
  if (title.split(/[\s-]+/).some((word) => word.startsWith(wanted))) return 1;
  if (title.includes(wanted) || kind.kind.includes(wanted)) return 2;
  if (categoryTitles[kind.category].toLowerCase().startsWith(wanted)) return 3;
  return kind.summary.toLowerCase().includes(wanted) ? 4 : undefined;
}

export function searchKinds(registry: Registry, query: string): Node[] {
  return registry
    .map((kind) => ({ kind, rank: rank(kind, query) }))
    .filter((found) => found.rank !== undefined)
    .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    .map((found) => found.kind);
}

/** Kinds by category, in the order of the palette; empty groups are left out. */
export function groupKinds(
  kinds: readonly Node[],
): { category: NodeCategory; title: string; kinds: Node[] }[] {
  const categories = Object.keys(categoryTitles) as NodeCategory[];
  return categories
    .map((category) => ({
      category,
      title: categoryTitles[category],
      kinds: kinds.filter((kind) => kind.category === category),
    }))
    .filter((group) => group.kinds.length > 0);
}

/** The type of drag data that names a kind. */
export const kindDragType = "application/x-runboard-kind";
