// Keeps the stored draft equal to the document: debounced, retried, guarded against another tab, and safe over a reload.
import { CanvasDoc } from "../core/canvas.ts";
import type { createBuilderStore } from "./store.ts";

export interface Saved {
  revision: number;
  updatedAt: string;
}

export interface AutosaveParts {
  store: ReturnType<typeof createBuilderStore>;
  save: (doc: CanvasDoc, revision: number) => Promise<Saved>;
  load: () => Promise<{ doc: CanvasDoc; revision: number; updatedAt: string }>;
  isConflict: (error: unknown) => boolean;
  /** Where an unsaved document waits over a reload. */
  stash: { read(): string | null; write(text: string): void; clear(): void };
  delayMs?: number;
}

export interface Autosave {
  /** Resolves once everything so far is stored; rejects with the reason it could not be. */
  flush(): Promise<void>;
  /** After a conflict: takes what is stored and drops what is here. */
  reload(): Promise<void>;
  /** After a conflict: stores what is here over what somebody else stored. */
  overwrite(): Promise<void>;
  stop(): void;
}

const longestPauseMs = 30_000;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "The server did not answer.";
}

/** Starts saving. Call `stop` when the builder closes; it keeps unsaved work for the next opening. */
export function startAutosave({
  store,
  save,
  load,
  isConflict,
  stash,
  delayMs = 700,
}: AutosaveParts): Autosave {
  let stored = store.getState().doc;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;
  let failures = 0;
  let stopped = false;
  const dirty = () => store.getState().doc !== stored;

  function plan(ms: number) {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void attempt().catch(() => undefined), ms);
  }

  async function write() {
    const { doc, revision, set } = store.getState();
    set({ save: { kind: "saving" } });
    try {
      const answer = await save(doc, revision);
      stored = doc;
      failures = 0;
      stash.clear();
      set({
        revision: answer.revision,
        save: dirty() ? { kind: "unsaved" } : { kind: "saved", at: answer.updatedAt },
      });
    } catch (error) {
      if (isConflict(error)) {
        set({ save: { kind: "conflict" } });
      } else {
        failures += 1;
        set({ save: { kind: "offline", message: messageOf(error) } });
        plan(Math.min(longestPauseMs, 1_000 * 2 ** failures));
      }
      throw error;
    }
  }

  async function attempt(): Promise<void> {
    while (dirty() && store.getState().save.kind !== "conflict") {
      running ??= write().finally(() => {
        running = undefined;
      });
      await running;
    }
  }

  const unsubscribe = store.subscribe((state, before) => {
    if (state.doc === before.doc || state.save.kind === "conflict") return;
    if (!dirty()) return;
    if (state.save.kind === "saved") state.set({ save: { kind: "unsaved" } });
    plan(delayMs);
  });

  const keep = () => {
    if (dirty())
      stash.write(JSON.stringify({ doc: store.getState().doc, revision: store.getState().revision }));
  };
  const beforeUnload = (event: BeforeUnloadEvent) => {
    keep();
    if (dirty()) event.preventDefault();
  };
  const retryNow = () => {
    if (dirty()) plan(0);
  };
  if (typeof window !== "undefined") {
    window.addEventListener("beforeunload", beforeUnload);
    window.addEventListener("pagehide", keep);
    window.addEventListener("online", retryNow);
  }

  const left = readStash(stash.read());
  if (left) {
    const { revision, set, edit } = store.getState();
    edit(() => left.doc);
    if (left.revision !== revision) set({ save: { kind: "conflict" } });
  }

  return {
    async flush() {
      clearTimeout(timer);
      if (store.getState().save.kind === "conflict")
        throw new Error("Somebody else changed this draft. Reload or overwrite it first.");
      await attempt();
    },
    async reload() {
      const fresh = await load();
      stored = fresh.doc;
      stash.clear();
      store.getState().reset(fresh.doc, fresh.revision);
      store.getState().set({ save: { kind: "saved", at: fresh.updatedAt } });
    },
    async overwrite() {
      const fresh = await load();
      store.getState().set({ revision: fresh.revision, save: { kind: "unsaved" } });
      await attempt();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      unsubscribe();
      if (typeof window !== "undefined") {
        window.removeEventListener("beforeunload", beforeUnload);
        window.removeEventListener("pagehide", keep);
        window.removeEventListener("online", retryNow);
      }
      keep();
      if (dirty() && store.getState().save.kind !== "conflict") void write().catch(() => undefined);
    },
  };
}

function readStash(text: string | null): { doc: CanvasDoc; revision: number } | undefined {
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== "object" || !("doc" in value) || !("revision" in value))
      return undefined;
    const doc = CanvasDoc.safeParse(value.doc);
    return doc.success && typeof value.revision === "number"
      ? { doc: doc.data, revision: value.revision }
      : undefined;
  } catch {
    return undefined;
  }
}

/** A stash in this browser's storage; private modes that refuse to store lose only the safety over a reload. */
export function browserStash(workflowId: string): AutosaveParts["stash"] {
  const key = `runboard.unsaved.${workflowId}`;
  return {
    read: () => localStorage.getItem(key),
    write: (text) => {
      try {
        localStorage.setItem(key, text);
      } catch {
        // Full or refused: the page still asks before it closes.
      }
    },
    clear: () => localStorage.removeItem(key),
  };
}
