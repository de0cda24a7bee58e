// One measurement of the compiler, the same in Node and in a page.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { hashText } from "../../src/builder/hash-text.ts";
import { compile } from "../../src/core/compile.ts";
import { registry } from "../../src/nodes/registry.gen.ts";
import { compileLoad } from "./compile-load.ts";

const hex = (text: string) => bytesToHex(sha256(utf8ToBytes(text)));
const around = { tools: [], workflows: [], connections: [] };

export interface Rounds {
  nodes: number;
  edges: number;
  steps: number;
  /** Milliseconds, sorted: a document never seen before and nothing hashed before, as when it is published. */
  cold: number[];
  /** Milliseconds, sorted: the same document with one node changed, as while it is edited. */
  edited: number[];
}

/** Compiles `rounds` times each way, after five rounds to warm up. */
export function compileRounds(size: number, rounds: number): Rounds {
  const doc = compileLoad(size);
  const timed = (one: typeof doc, hash: (text: string) => string) => {
    const before = performance.now();
    const { plan } = compile(one, registry, around, { title: "Bench", sha256: hash });
    const ms = performance.now() - before;
    if (!plan) throw new Error("The document does not compile.");
    return { ms, steps: plan.steps.length };
  };
  const [cold, edited]: [number[], number[]] = [[], []];
  let [steps, current] = [0, doc];
  for (let n = -5; n < rounds; n++) {
    const opened = timed(structuredClone(doc), hex);
    const nodes = [...current.nodes];
    const at = 1 + ((n + 5) % (nodes.length - 1));
    const node = nodes[at];
    if (node) nodes[at] = { ...node, title: `Changed ${n}` };
    current = { ...current, nodes };
    const changed = timed(current, hashText);
    steps = opened.steps;
    if (n < 0) continue;
    cold.push(opened.ms);
    edited.push(changed.ms);
  }
  const sorted = (list: number[]) => list.toSorted((a, b) => a - b);
  return {
    nodes: doc.nodes.length,
    edges: doc.edges.length,
    steps,
    cold: sorted(cold),
    edited: sorted(edited),
  };
}
