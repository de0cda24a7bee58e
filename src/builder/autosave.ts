// Keeps the stored draft equal to the document: debounced, retried, guarded against another tab, and safe over a reload.
import { canonicalJson } from "../core/canonical.ts";
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
  /** Where an unsaved document waits over a reload; `write` says whether it could be kept. */
  stash: { read(): string | null; write(text: string): boolean; clear(): void };
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

const same = (a: CanvasDoc, b: CanvasDoc) => a === b || canonicalJson(a) === canonicalJson(b);

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
  const { doc: opened, save: opening } = store.getState();
  let stored = opened;
  let savedAt = opening.kind === "saved" ? opening.at : "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;
  let failures = 0;
  let stopped = false;
  /** On its way while the page goes: whether it arrives, only the next opening can tell. */
  let sent: CanvasDoc | undefined;
  const dirty = () => store.getState().doc !== stored;

  function plan(ms: number) {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void attempt().catch(() => undefined), ms);
  }

  async function write() {
    const { doc, revision, set } = store.getState();
    set({ save: { kind: "saving" } });
    try {
      sent = doc;
      const answer = await save(doc, revision);
      sent = undefined;
      stored = doc;
      savedAt = answer.updatedAt;
      failures = 0;
      stash.clear();
      set({
        revision: answer.revision,
        save: dirty() ? { kind: "unsaved" } : { kind: "saved", at: answer.updatedAt },
      });
    } catch (error) {
      sent = undefined;
      if (isConflict(error)) {
        if (await caughtUp(doc)) return;
        set({ save: { kind: "conflict" } });
      } else {
        failures += 1;
        set({ save: { kind: "offline", message: messageOf(error) } });
        plan(Math.min(longestPauseMs, 1_000 * 2 ** failures));
      }
      throw error;
    }
  }

  /**
   * A newer revision is no conflict when it holds what we began with, or what we meant to store: a write of ours whose answer was
   * lost did that.
   */
  async function caughtUp(doc: CanvasDoc): Promise<boolean> {
    const fresh = await load().catch(() => undefined);
    const arrived = fresh !== undefined && same(fresh.doc, doc);
    if (!fresh || !(arrived || same(fresh.doc, stored))) return false;
    if (arrived) stored = doc;
    savedAt = fresh.updatedAt;
    const { set } = store.getState();
    if (!dirty()) stash.clear();
    set({
      revision: fresh.revision,
      save: dirty() ? { kind: "unsaved" } : { kind: "saved", at: fresh.updatedAt },
    });
    return true;
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
    if (!dirty()) {
      // Undone: what is here is what is stored.
      stash.clear();
      clearTimeout(timer);
      if (state.save.kind === "unsaved" || state.save.kind === "offline")
        state.set({ save: { kind: "saved", at: savedAt } });
      return;
    }
    if (state.save.kind === "saved") state.set({ save: { kind: "unsaved" } });
    plan(delayMs);
  });

  /** True when nothing would be lost if the page closed now. */
  const keep = (): boolean => {
    if (!dirty()) return true;
    const { doc, revision } = store.getState();
    return stash.write(JSON.stringify({ doc, revision, sent }));
  };
  const beforeUnload = (event: BeforeUnloadEvent) => {
    if (!keep()) event.preventDefault();
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
    if (same(left.doc, stored)) stash.clear();
    else {
      const ours = left.revision === revision || (left.sent !== undefined && same(left.sent, stored));
      edit(() => left.doc);
      if (!ours) set({ save: { kind: "conflict" } });
    }
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
      savedAt = fresh.updatedAt;
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

interface Left {
  doc: CanvasDoc;
  revision: number;
  sent: CanvasDoc | undefined;
}

function readStash(text: string | null): Left | undefined {
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== "object" || !("doc" in value) || !("revision" in value))
      return undefined;
    const doc = CanvasDoc.safeParse(value.doc);
    const sent = CanvasDoc.safeParse("sent" in value ? value.sent : undefined);
    return doc.success && typeof value.revision === "number"
      ? { doc: doc.data, revision: value.revision, sent: sent.data }
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
        return true;
      } catch {
        // Full or refused: the page asks before it closes.
        return false;
      }
    },
    clear: () => localStorage.removeItem(key),
  };
}
