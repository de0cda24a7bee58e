import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CanvasDoc } from "../core/canvas.ts";
import { startAutosave, type AutosaveParts } from "./autosave.ts";
import { createBuilderStore } from "./store.ts";

const at = "2026-11-20T10:00:00.000Z";
const empty = CanvasDoc.parse({ schemaVersion: 1, nodes: [], edges: [] });
const noted = (text: string): CanvasDoc => ({
  ...empty,
  notes: [{ id: "n", text, colour: "yellow", position: { x: 0, y: 0 }, size: { w: 96, h: 48 } }],
});

class Conflict extends Error {}

/** A server with one draft, and a browser that remembers one text. */
function world(start: CanvasDoc) {
  const server = { doc: start, revision: 1 };
  let kept: string | null = null;
  const save: AutosaveParts["save"] = async (doc, revision) => {
    if (revision !== server.revision) throw new Conflict();
    server.doc = structuredClone(doc);
    server.revision += 1;
    return { revision: server.revision, updatedAt: at };
  };
  const open = (over: Partial<AutosaveParts> = {}) => {
    const store = createBuilderStore(structuredClone(server.doc), server.revision, at);
    const autosave = startAutosave({
      store,
      save,
      load: async () => ({ doc: structuredClone(server.doc), revision: server.revision, updatedAt: at }),
      isConflict: (error) => error instanceof Conflict,
      stash: {
        read: () => kept,
        write: (text) => {
          kept = text;
          return true;
        },
        clear: () => {
          kept = null;
        },
      },
      ...over,
    });
    return { store, autosave };
  };
  return { server, open, kept: () => kept };
}

const textOf = (doc: CanvasDoc) => doc.notes[0]?.text;

describe("autosave", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("stores what was typed and remembers the new revision", async () => {
    const { server, open } = world(noted("a"));
    const { store, autosave } = open();
    store.getState().edit(() => noted("b"));
    await autosave.flush();
    expect(textOf(server.doc)).toBe("b");
    expect(store.getState().revision).toBe(2);
    expect(store.getState().save).toEqual({ kind: "saved", at });
  });

  test("is saved at once when undo leads back to what is stored", () => {
    const { open } = world(noted("a"));
    const { store } = open();
    store.getState().edit(() => noted("b"));
    expect(store.getState().save).toEqual({ kind: "unsaved" });
    store.getState().undo();
    expect(store.getState().save).toEqual({ kind: "saved", at });
  });

  test("asks when somebody else stored something different", async () => {
    const { server, open } = world(noted("a"));
    const { store, autosave } = open();
    server.doc = noted("theirs");
    server.revision = 2;
    store.getState().edit(() => noted("mine"));
    await expect(autosave.flush()).rejects.toThrow(Conflict);
    expect(store.getState().save).toEqual({ kind: "conflict" });
    expect(textOf(server.doc)).toBe("theirs");
  });

  test("takes what is stored after Reload", async () => {
    const { server, open } = world(noted("a"));
    const { store, autosave } = open();
    server.doc = noted("theirs");
    server.revision = 2;
    store.getState().edit(() => noted("mine"));
    await autosave.flush().catch(() => undefined);
    await autosave.reload();
    expect(textOf(store.getState().doc)).toBe("theirs");
    expect(store.getState().revision).toBe(2);
  });

  test("stores what is here after Overwrite", async () => {
    const { server, open } = world(noted("a"));
    const { store, autosave } = open();
    server.doc = noted("theirs");
    server.revision = 2;
    store.getState().edit(() => noted("mine"));
    await autosave.flush().catch(() => undefined);
    await autosave.overwrite();
    expect(textOf(server.doc)).toBe("mine");
    expect(store.getState().save).toEqual({ kind: "saved", at });
  });

  test("goes on when a newer revision holds what it began with", async () => {
    const { server, open } = world(noted("a"));
    const { store, autosave } = open();
    server.revision = 5;
    store.getState().edit(() => noted("b"));
    await autosave.flush();
    expect(textOf(server.doc)).toBe("b");
    expect(store.getState().revision).toBe(6);
  });

  test("brings back after a reload what was typed before the pause was over", async () => {
    const { server, open, kept } = world(noted("a"));
    const first = open({ save: () => new Promise(() => undefined) });
    first.store.getState().edit(() => noted("typed"));
    first.autosave.stop();
    expect(textOf(server.doc)).toBe("a");
    const second = open();
    expect(textOf(second.store.getState().doc)).toBe("typed");
    await second.autosave.flush();
    expect(textOf(server.doc)).toBe("typed");
    expect(kept()).toBe(null);
  });

  test("sees no conflict when its own last write arrived after the page had gone", async () => {
    const { server, open } = world(noted("a"));
    const first = open({ save: () => new Promise(() => undefined) });
    first.store.getState().edit(() => noted("one"));
    void first.autosave.flush();
    first.store.getState().edit(() => noted("two"));
    first.autosave.stop();
    server.doc = noted("one");
    server.revision = 2;
    const second = open();
    expect(textOf(second.store.getState().doc)).toBe("two");
    expect(second.store.getState().save.kind).not.toBe("conflict");
    await second.autosave.flush();
    expect(textOf(server.doc)).toBe("two");
  });

  test("asks when another person stored something while unsaved work waited in this browser", () => {
    const { server, open } = world(noted("a"));
    const first = open({ save: () => new Promise(() => undefined) });
    first.store.getState().edit(() => noted("mine"));
    first.autosave.stop();
    server.doc = noted("theirs");
    server.revision = 2;
    const second = open();
    expect(textOf(second.store.getState().doc)).toBe("mine");
    expect(second.store.getState().save).toEqual({ kind: "conflict" });
  });
});
