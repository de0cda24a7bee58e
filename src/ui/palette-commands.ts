// The verbs the command palette offers. Each screen adds its own while it is shown.
import { useEffect, useSyncExternalStore } from "react";
import type { ReactNode } from "react";

export interface PaletteCommand {
  /** Unique, e.g. `builder.publish`. */
  id: string;
  /** The heading it stands under. */
  group: string;
  title: string;
  /** Muted, at the right of the title. */
  hint?: string;
  /** Further words to find it by. */
  keywords?: string[];
  icon?: ReactNode;
  /** e.g. "Mod+Enter"; shown, not bound. */
  shortcut?: string;
  run: () => void;
}

const sets = new Map<symbol, readonly PaletteCommand[]>();
const listeners = new Set<() => void>();
let all: readonly PaletteCommand[] = [];
let open = false;

function announce(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** @returns takes the commands away again */
export function registerCommands(commands: readonly PaletteCommand[]): () => void {
  const owner = Symbol("commands");
  const refresh = () => {
    all = [...sets.values()].flat();
    announce();
  };
  sets.set(owner, commands);
  refresh();
  return () => {
    sets.delete(owner);
    refresh();
  };
}

/** Offers commands while the component is mounted. Keep the array stable (useMemo). */
export function useRegisterCommands(commands: readonly PaletteCommand[]): void {
  useEffect(() => registerCommands(commands), [commands]);
}

export function useCommands(): readonly PaletteCommand[] {
  return useSyncExternalStore(subscribe, () => all);
}

export function setPaletteOpen(next: boolean): void {
  open = next;
  announce();
}

export function usePaletteOpen(): boolean {
  return useSyncExternalStore(subscribe, () => open);
}
