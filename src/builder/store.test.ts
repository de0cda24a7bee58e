import { describe, expect, it } from "vitest";
import { CanvasDoc } from "../core/canvas.ts";
import { makeNode, addNode, move } from "./edit/nodes.ts";
import { nodeOf } from "../nodes/registry.gen.ts";
import { createBuilderStore } from "./store.ts";

const empty = CanvasDoc.parse({ schemaVersion: 1, nodes: [], edges: [] });

function setUp() {
  let clock = 0;
  const store = createBuilderStore(empty, 1, "2026-01-01T00:00:00.000Z", () => clock);
  const pass = (ms: number) => (clock += ms);
  const state = () => store.getState();
  const add = () => {
    const node = makeNode(state().doc, nodeOf("wait")!, { x: 0, y: 0 });
    state().edit((doc) => addNode(doc, node));
    return node.id;
  };
  return { store, state, pass, add };
}

describe("the builder's history", () => {
  it("takes back one edit at a time and brings it again", () => {
    const { state, add } = setUp();
    add();
    add();
    state().undo();
    expect(state().doc.nodes.map((node) => node.key)).toEqual(["wait"]);
    state().redo();
    expect(state().doc.nodes.map((node) => node.key)).toEqual(["wait", "wait_2"]);
  });

  it("makes one step of a burst in the same group", () => {
    const { store, state, pass, add } = setUp();
    const id = add();
    for (const x of [8, 16, 24]) {
      pass(100);
      state().edit((doc) => move(doc, new Map([[id, { x, y: 0 }]])), "move");
    }
    expect(store.temporal.getState().pastStates).toHaveLength(2);
    state().undo();
    expect(state().doc.nodes[0]?.position).toEqual({ x: 0, y: 0 });
  });

  it("starts a new step after a pause or another group", () => {
    const { store, state, pass, add } = setUp();
    const id = add();
    const to = (x: number, group: string) =>
      state().edit((doc) => move(doc, new Map([[id, { x, y: 0 }]])), group);
    to(8, "a");
    pass(1_500);
    to(16, "a");
    to(24, "b");
    expect(store.temporal.getState().pastStates).toHaveLength(4);
  });

  it("leaves no step for an edit that changes nothing", () => {
    const { store, state } = setUp();
    state().edit((doc) => doc);
    expect(store.temporal.getState().pastStates).toHaveLength(0);
  });

  it("forgets selected things that an undo takes away, and does not undo a selection", () => {
    const { state, add } = setUp();
    const id = add();
    state().select([id]);
    state().undo();
    expect([...state().selection.nodes]).toEqual([]);
    state().redo();
    expect(state().doc.nodes).toHaveLength(1);
  });
});
