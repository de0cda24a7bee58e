// What every part of one open builder shares.
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { Node, Registry, Surroundings } from "../core/node.ts";
import type { WorkflowRow } from "../data/workflows.ts";
import type { WorkspaceRow } from "../data/workspaces.ts";
import type { BuilderActions, BuilderState, createBuilderStore } from "./store.ts";
import type { RunOverlay } from "./run/overlay.ts";

export interface BuilderValue {
  store: ReturnType<typeof createBuilderStore>;
  overlay: RunOverlay;
  registry: Registry;
  nodeOf: (kind: string) => Node | undefined;
  around: Surroundings;
  workspace: WorkspaceRow;
  workflow: WorkflowRow;
  onOpenRun: (runId: string) => void;
}

const Context = createContext<BuilderValue | null>(null);
export const BuilderProvider = Context.Provider;

export function useBuilderValue(): BuilderValue {
  const value = useContext(Context);
  if (!value) throw new Error("This part of the builder is shown outside of a Builder.");
  return value;
}

/** Subscribes to one part of the state; pick the smallest part that will do. */
export function useBuilder<T>(pick: (state: BuilderState & BuilderActions) => T): T {
  return useStore(useBuilderValue().store, pick);
}

/** How far undo and redo reach. */
export function useHistory(): { canUndo: boolean; canRedo: boolean } {
  const history = useBuilderValue().store.temporal;
  const canUndo = useStore(history, (state) => state.pastStates.length > 0);
  const canRedo = useStore(history, (state) => state.futureStates.length > 0);
  return { canUndo, canRedo };
}
