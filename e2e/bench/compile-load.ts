// The document that the compiler is measured on.
import { CanvasDoc } from "../../src/core/canvas.ts";

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

/** Groups of five nodes behind one trigger, `size` nodes or a few more. */
export function compileLoad(size: number): CanvasDoc {
  const groups = Array.from({ length: Math.ceil((size - 1) / 5) }, (_, n) => group(n));
  const start = { id: "start", key: "start", kind: "trigger-manual", position: { x: 0, y: 0 } };
  return CanvasDoc.parse({
    schemaVersion: 1,
    input: { type: "object", required: ["id"], properties: { id: { type: "string" } } },
    variables: { limit: 1000 },
    nodes: [start, ...groups.flatMap(({ nodes }) => nodes)],
    edges: groups.flatMap(({ edges }) => edges),
  });
}
