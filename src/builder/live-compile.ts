// Compiles the document while it is edited and sorts what the compiler says by node.
import { compile } from "../core/compile.ts";
import type { CanvasDoc } from "../core/canvas.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { Registry, Surroundings } from "../core/node.ts";
import { sha256Hex } from "../core/sha256.ts";
import type { BuilderState, createBuilderStore } from "./store.ts";

const order = { error: 0, warning: 1, info: 2 } as const;

export function compileNow(
  doc: CanvasDoc,
  registry: Registry,
  around: Surroundings,
  title: string,
): BuilderState["compiled"] {
  const { plan, diagnostics } = compile(doc, registry, around, { title, sha256: sha256Hex });
  const sorted = diagnostics.toSorted((a, b) => order[a.severity] - order[b.severity]);
  const byNode = new Map<string, Diagnostic[]>();
  for (const diagnostic of sorted)
    if (diagnostic.nodeId !== undefined)
      byNode.set(diagnostic.nodeId, [...(byNode.get(diagnostic.nodeId) ?? []), diagnostic]);
  return { diagnostics: sorted, byNode, plan, doc };
}

/** Lists that say the same stay the same object, so that only nodes whose problems changed draw again. */
function withKeptLists(
  next: BuilderState["compiled"],
  before: BuilderState["compiled"],
): BuilderState["compiled"] {
  const byNode = new Map<string, Diagnostic[]>();
  for (const [id, list] of next.byNode) {
    const old = before.byNode.get(id);
    byNode.set(id, old && JSON.stringify(old) === JSON.stringify(list) ? old : list);
  }
  return { ...next, byNode };
}

/** Compiles after each pause in editing; returns how to stop. */
export function startLiveCompile(
  store: ReturnType<typeof createBuilderStore>,
  registry: Registry,
  around: Surroundings,
  title: string,
  delayMs = 200,
): () => void {
  const run = () => {
    const { doc, compiled, set } = store.getState();
    set({ compiled: withKeptLists(compileNow(doc, registry, around, title), compiled) });
  };
  let timer = setTimeout(run, 0);
  const unsubscribe = store.subscribe((state, before) => {
    if (state.doc === before.doc) return;
    clearTimeout(timer);
    timer = setTimeout(run, delayMs);
  });
  return () => {
    clearTimeout(timer);
    unsubscribe();
  };
}
