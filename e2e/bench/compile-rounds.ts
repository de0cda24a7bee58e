// One measurement of the compiler, the same in Node and in a page.

import { compile } from "../../src/core/compile.ts";
import type { CanvasDoc } from "../../src/core/canvas.ts";
import { sha256Hex } from "../../src/core/sha256.ts";
import { registry } from "../../src/nodes/registry.gen.ts";
import { compileLoad } from "./compile-load.ts";

const around = { tools: [], workflows: [], connections: [] };

export interface Rounds {
  nodes: number;
  edges: number;
  steps: number;
  /** Milliseconds, sorted: a document whose keys, ids, texts and expressions were never seen before, as when it is opened. */
  unseen: number[];
  /** Milliseconds, sorted: a document that was compiled before with one node changed, as while it is edited. */
  edited: number[];
}

/** Rounds that are not counted: other documents were open before, so the engine knows the code, but nothing of the next document. */
export const warmUp = 10;

/** Compiles `rounds` documents, each once as it comes out of its stored text and once with one node changed. */
export async function compileRounds(size: number, rounds: number): Promise<Rounds> {
  const [unseen, edited]: [number[], number[]] = [[], []];
  let facts = { nodes: 0, edges: 0, steps: 0 };
  for (let n = -warmUp; n < rounds; n++) {
    const text = JSON.stringify(compileLoad(size, `d${n + warmUp}x`));
    await pause();
    const doc: CanvasDoc = JSON.parse(text);
    const opened = timed(doc);
    await pause();
    const changed = timed(withChange(doc, 1 + ((n + warmUp) % (doc.nodes.length - 1))));
    facts = { nodes: doc.nodes.length, edges: doc.edges.length, steps: opened.steps };
    if (n < 0) continue;
    unseen.push(opened.ms);
    edited.push(changed.ms);
  }
  const sorted = (list: number[]) => list.toSorted((a, b) => a - b);
  return { ...facts, unseen: sorted(unseen), edited: sorted(edited) };
}

function timed(doc: CanvasDoc): { ms: number; steps: number } {
  const before = performance.now();
  const { plan } = compile(doc, registry, around, { title: "Bench", sha256: sha256Hex });
  const ms = performance.now() - before;
  if (!plan) throw new Error("The document does not compile.");
  return { ms, steps: plan.steps.length };
}

function withChange(doc: CanvasDoc, at: number): CanvasDoc {
  return { ...doc, nodes: doc.nodes.map((node, n) => (n === at ? { ...node, title: "Changed" } : node)) };
}

/** A turn of the event loop, as between two things a person does. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
