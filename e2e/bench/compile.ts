// Measures the compiler on a thousand nodes: `node e2e/bench/compile.ts [nodes]`.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { CanvasDoc } from "../../src/core/canvas.ts";
import { compile } from "../../src/core/compile.ts";
import { registry } from "../../src/nodes/registry.gen.ts";

const hex = (text: string) => bytesToHex(sha256(utf8ToBytes(text)));
const size = Number(process.argv[2] ?? 1_000);

/** Groups of five: a call, a branch over its answer, two ways, and a merge that the next call follows. */
function group(n: number) {
  const at = { x: n * 240, y: 0 };
  const node = (suffix: string, kind: string, config: object, inputs: object = {}) => ({
    id: `n${n}${suffix}`,
    key: `${suffix}_${n}`,
    kind,
    config,
    inputs,
    position: at,
  });
  const edge = (source: string, sourcePort: string, target: string, targetPort?: string) => ({
    id: `${source}-${sourcePort}-${target}`,
    source,
    sourcePort,
    target,
    ...(targetPort === undefined ? {} : { targetPort }),
  });
  const schema = {
    type: "object",
    required: ["total"],
    properties: { total: { type: "number" }, id: { type: "string" } },
  };
  const url = { template: `https://api.example.com/items/{{ input.id }}/${n}` };
  return {
    nodes: [
      node("call", "http-request", { method: "GET", responseSchema: schema }, { url }),
      node("check", "branch", {
        cases: [{ port: "large", expr: `steps.call_${n}.output.body.total > vars.limit && ${n} >= 0` }],
        otherwise: "small",
      }),
      node("shape", "transform", {
        fields: { total: { expr: `steps.call_${n}.output.body.total * 2 + ${n}` } },
      }),
      node(
        "text",
        "llm",
        {},
        { prompt: { template: `Explain {{ steps.call_${n}.output.body.id }} of ${n}.` } },
      ),
      node("join", "merge", { mode: "any" }),
    ],
    edges: [
      n === 0 ? edge("start", "input", "n0call") : edge(`n${n - 1}join`, "items", `n${n}call`),
      edge(`n${n}call`, "body", `n${n}check`, "value"),
      edge(`n${n}check`, "large", `n${n}shape`),
      edge(`n${n}check`, "small", `n${n}text`),
      edge(`n${n}shape`, "value", `n${n}join`),
      edge(`n${n}text`, "text", `n${n}join`),
    ],
  };
}

const groups = Array.from({ length: Math.ceil((size - 1) / 5) }, (_, n) => group(n));
const start = { id: "start", key: "start", kind: "trigger-manual", position: { x: 0, y: 0 } };
const doc = CanvasDoc.parse({
  schemaVersion: 1,
  input: { type: "object", required: ["id"], properties: { id: { type: "string" } } },
  variables: { limit: 1000 },
  nodes: [start, ...groups.flatMap(({ nodes }) => nodes)],
  edges: groups.flatMap(({ edges }) => edges),
});
const around = { tools: [], workflows: [], connections: [] };

const times: number[] = [];
const cpu: number[] = [];
let outcome = compile(doc, registry, around, { title: "Bench", sha256: hex });
for (let n = 0; n < 20; n++) {
  const before = performance.now();
  const used = process.threadCpuUsage();
  outcome = compile(doc, registry, around, { title: "Bench", sha256: hex });
  times.push(performance.now() - before);
  const { user, system } = process.threadCpuUsage(used);
  cpu.push((user + system) / 1_000);
}
for (const list of [times, cpu]) list.sort((a, b) => a - b);
const ms = (value: number | undefined) => `${(value ?? 0).toFixed(1)} ms`;
console.log(`${doc.nodes.length} nodes, ${doc.edges.length} edges, ${outcome.plan?.steps.length ?? 0} steps`);
console.log(`wall: median ${ms(times[10])}, fastest ${ms(times[0])}, slowest ${ms(times.at(-1))}`);
console.log(`processor, main thread: median ${ms(cpu[10])}, fastest ${ms(cpu[0])}`);
for (const { code, message } of outcome.diagnostics.slice(0, 3)) console.log(`${code}: ${message}`);
