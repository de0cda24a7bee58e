// The documents that the compiler is measured on.
import { CanvasDoc } from "../../src/core/canvas.ts";

/** Groups of five: a call, a branch over its answer, two ways, and a merge that the next call follows. */
function group(n: number, name: string) {
  const at = { x: n * 240, y: 0 };
  const node = (suffix: string, kind: string, config: object, inputs: object = {}) => ({
    id: `${name}${n}${suffix}`,
    key: `${suffix}_${name}_${n}`,
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
  const call = `steps.call_${name}_${n}`;
  const url = { template: `https://api.example.com/${name}/{{ input.id }}/${n}` };
  return {
    nodes: [
      node("call", "http-request", { method: "GET", responseSchema: schema }, { url }),
      node("check", "branch", {
        cases: [{ port: "large", expr: `${call}.output.body.total > vars.limit && ${n} >= 0` }],
        otherwise: "small",
      }),
      node("shape", "transform", { fields: { total: { expr: `${call}.output.body.total * 2 + ${n}` } } }),
      node("text", "llm", {}, { prompt: { template: `Explain {{ ${call}.output.body.id }} of ${n}.` } }),
      node("join", "merge", { mode: "any" }),
    ],
    edges: [
      n === 0
        ? edge("start", "input", `${name}0call`)
        : edge(`${name}${n - 1}join`, "items", `${name}${n}call`),
      edge(`${name}${n}call`, "body", `${name}${n}check`, "value"),
      edge(`${name}${n}check`, "large", `${name}${n}shape`),
      edge(`${name}${n}check`, "small", `${name}${n}text`),
      edge(`${name}${n}shape`, "value", `${name}${n}join`),
      edge(`${name}${n}text`, "text", `${name}${n}join`),
    ],
  };
}

/**
 * A document with one trigger and groups of five nodes behind it, `size` nodes or a few more.
 * @param name goes into every key, id, address and expression, so that documents of two names share nothing a cache could know
 */
export function compileLoad(size: number, name: string): CanvasDoc {
  const groups = Array.from({ length: Math.ceil((size - 1) / 5) }, (_, n) => group(n, name));
  const start = { id: "start", key: "start", kind: "trigger-manual", position: { x: 0, y: 0 } };
  return CanvasDoc.parse({
    schemaVersion: 1,
    input: { type: "object", required: ["id"], properties: { id: { type: "string" } } },
    variables: { limit: 1000 },
    nodes: [start, ...groups.flatMap(({ nodes }) => nodes)],
    edges: groups.flatMap(({ edges }) => edges),
  });
}
