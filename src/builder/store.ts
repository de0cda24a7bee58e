// The builder's state: the document with its history, and what surrounds it. Only the document can be undone.
import { temporal } from "zundo";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { CanvasDoc } from "../core/canvas.ts";
import type { Diagnostic } from "../core/diagnostic.ts";
import type { Plan } from "../core/plan.ts";

export interface Selection {
  /** Nodes, notes and frames. */
  nodes: ReadonlySet<string>;
  edges: ReadonlySet<string>;
}

export type SaveState =
  | { kind: "saved"; at: string }
  | { kind: "unsaved" }
  | { kind: "saving" }
  | { kind: "offline"; message: string }
  | { kind: "conflict" };

export type Dialog = "publish" | "run" | "help" | "import" | null;

/** Where the picker is open, in canvas coordinates, and the wire it completes. */
export interface QuickAdd {
  at: { x: number; y: number };
  screen: { x: number; y: number };
  from?: { node: string; port?: string; side: "source" | "target" };
  edge?: string;
  parent?: string;
}

export interface BuilderState {
  doc: CanvasDoc;
  selection: Selection;
  /** Per node, the ports that hold a wire: `in,in|out,out`. Derived from the document. */
  wires: ReadonlyMap<string, string>;
  /** Containers that have something inside. Derived from the document. */
  bodies: ReadonlySet<string>;
  /** The container that a dragged node would fall into. */
  dropTarget: string | null;
  compiled: {
    diagnostics: Diagnostic[];
    byNode: ReadonlyMap<string, Diagnostic[]>;
    plan: Plan | null;
    doc: CanvasDoc | null;
  };
  save: SaveState;
  /** The draft's stored revision, for the optimistic check. */
  revision: number;
  dialog: Dialog;
  quickAdd: QuickAdd | null;
  problemsOpen: boolean;
  minimap: boolean;
  /** The wire under the pointer, or the one a dragged node would be put into. */
  hoveredWire: string | null;
  /** The field the inspector scrolls to and focuses, e.g. `inputs.url`. */
  focusPath: string | null;
  /** The node whose title is being typed on the canvas. */
  renaming: string | null;
  /** Announced to screen readers. */
  announcement: string;
}

export interface BuilderActions {
  /**
   * Changes the document. Edits that share a `group` and follow each other within a second are one undo step: a burst of typing,
   * a slider, a drag.
   */
  edit(change: (doc: CanvasDoc) => CanvasDoc, group?: string): void;
  /** Replaces the document by one that was stored elsewhere; history starts again. */
  reset(doc: CanvasDoc, revision: number): void;
  undo(): void;
  redo(): void;
  select(nodes: Iterable<string>, edges?: Iterable<string>): void;
  set(part: Partial<Omit<BuilderState, "doc" | "selection">>): void;
}

export type BuilderStore = StoreApi<BuilderState & BuilderActions> & {
  temporal: StoreApi<{ pastStates: unknown[]; futureStates: unknown[] }>;
};

const historyLimit = 200;
const burstMs = 1_000;
const nothing: Selection = { nodes: new Set(), edges: new Set() };
export const notCompiled: BuilderState["compiled"] = {
  diagnostics: [],
  byNode: new Map(),
  plan: null,
  doc: null,
};

function kept(selection: Selection, doc: CanvasDoc): Selection {
  const ids = new Set([...doc.nodes, ...doc.notes, ...doc.frames].map((thing) => thing.id));
  const edges = new Set(doc.edges.map((edge) => edge.id));
  if ([...selection.nodes].every((id) => ids.has(id)) && [...selection.edges].every((id) => edges.has(id)))
    return selection;
  return {
    nodes: new Set([...selection.nodes].filter((id) => ids.has(id))),
    edges: new Set([...selection.edges].filter((id) => edges.has(id))),
  };
}

const equal = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
  a.size === b.size && [...a].every((id) => b.has(id));

function derived(doc: CanvasDoc): Pick<BuilderState, "wires" | "bodies"> {
  const ports = new Map<string, { inputs: Set<string>; outputs: Set<string> }>();
  const at = (id: string) => {
    const entry = ports.get(id) ?? { inputs: new Set(), outputs: new Set() };
    ports.set(id, entry);
    return entry;
  };
  for (const edge of doc.edges) {
    at(edge.source).outputs.add(edge.sourcePort);
    at(edge.target).inputs.add(edge.targetPort ?? "@after");
  }
  return {
    wires: new Map(
      [...ports].map(([id, { inputs, outputs }]) => [
        id,
        `${[...inputs].join(",")}|${[...outputs].join(",")}`,
      ]),
    ),
    bodies: new Set(doc.nodes.flatMap((node) => (node.parent === undefined ? [] : [node.parent]))),
  };
}

/** @param now the clock that separates bursts, in milliseconds */
export function createBuilderStore(
  doc: CanvasDoc,
  revision: number,
  savedAt: string,
  now: () => number = Date.now,
) {
  let lastGroup: string | undefined;
  let lastAt = 0;
  const store = createStore<BuilderState & BuilderActions>()(
    temporal(
      (set, get) => ({
        doc,
        selection: nothing,
        ...derived(doc),
        dropTarget: null,
        compiled: notCompiled,
        save: { kind: "saved", at: savedAt },
        revision,
        dialog: null,
        quickAdd: null,
        problemsOpen: false,
        minimap: true,
        hoveredWire: null,
        focusPath: null,
        renaming: null,
        announcement: "",
        edit(change, group) {
          const before = get();
          const next = change(before.doc);
          if (next === before.doc) return;
          const history = store.temporal.getState();
          const continues = group !== undefined && group === lastGroup && now() - lastAt < burstMs;
          lastGroup = group;
          lastAt = now();
          if (continues) history.pause();
          set({ doc: next, selection: kept(before.selection, next) });
          if (continues) history.resume();
        },
        reset(replacement, nextRevision) {
          lastGroup = undefined;
          set({ doc: replacement, revision: nextRevision, selection: kept(get().selection, replacement) });
          store.temporal.getState().clear();
        },
        undo() {
          lastGroup = undefined;
          store.temporal.getState().undo();
          set({ selection: kept(get().selection, get().doc) });
        },
        redo() {
          lastGroup = undefined;
          store.temporal.getState().redo();
          set({ selection: kept(get().selection, get().doc) });
        },
        select(nodes, edges = []) {
          const next = { nodes: new Set(nodes), edges: new Set(edges) };
          const { selection } = get();
          if (!equal(next.nodes, selection.nodes) || !equal(next.edges, selection.edges))
            set({ selection: next });
        },
        set: (part) => set(part),
      }),
      {
        limit: historyLimit,
        partialize: (state): { doc: CanvasDoc } => ({ doc: state.doc }),
        equality: (past, current) => past.doc === current.doc,
      },
    ),
  );
  // Undo and redo replace the document from outside, so what is derived from it follows here.
  store.subscribe((state, before) => {
    if (state.doc !== before.doc) store.setState(derived(state.doc));
  });
  return store;
}

/** The one selected node's id, if exactly one thing is selected. */
export function onlySelected(selection: Selection): string | undefined {
  return selection.nodes.size === 1 && selection.edges.size === 0 ? [...selection.nodes][0] : undefined;
}
