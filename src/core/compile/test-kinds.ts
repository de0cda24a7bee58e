// Small node kinds and a canvas writer for the compiler's own tests.
import { z } from "zod";
import { Binding } from "../binding.ts";
import { CanvasDoc } from "../canvas.ts";
import { compile, type Compiled } from "../compile.ts";

import { Json, JsonObject, Key, Slug } from "../json.ts";
import { defineNode, type Registry, type Surroundings } from "../node.ts";
import { objectPorts } from "../object-ports.ts";
import { sha256Hex } from "../sha256.ts";
import { ToolRef } from "../tool.ts";

const facts = {
  summary: "For tests.",
  icon: "play" as const,
  sample: { config: {}, inputs: {} },
  run: () => ({}),
};

const start = defineNode({
  ...facts,
  kind: "start",
  title: "Start",
  category: "trigger",
  role: "trigger",
  config: z.strictObject({}),
  inputs: {},
  outputs: { input: Json },
  form: {},
  effect: "pure",
});

const work = defineNode({
  ...facts,
  kind: "work",
  title: "Work",
  category: "data",
  config: z.strictObject({
    note: z.string().optional(),
    size: z.int().min(1).default(1),
    result: JsonObject.optional(),
    keep: z.string().optional(),
  }),
  inputs: { value: Json.optional(), text: z.string().optional(), list: z.array(z.number()).optional() },
  outputs: { value: Json, count: z.int(), name: z.string() },
  form: {
    note: { label: "Note" },
    size: { label: "Size" },
    result: { label: "Result" },
    keep: { label: "Keep" },
  },
  effect: "pure",
  ports: ({ result }, fixed) =>
    result ? { ...fixed, outputs: { ...fixed.outputs, value: { schema: result, required: true } } } : fixed,
  expressions: ({ keep }) =>
    typeof keep === "string"
      ? [{ path: "config.keep", expr: keep, extra: ["item", "index"], each: "list", want: "bool" }]
      : [],
});

const call = defineNode({
  ...facts,
  kind: "call",
  title: "Call",
  category: "tool",
  config: z.strictObject({ connection: Slug.optional() }),
  inputs: { url: z.string(), body: Json.optional() },
  outputs: { body: Json },
  form: { connection: { label: "Connection" }, url: { label: "URL" } },
  effect: "idempotent",
  connections: ({ connection }) => (connection === undefined ? [] : [connection]),
});

const split = defineNode({
  ...facts,
  kind: "split",
  title: "Split",
  category: "logic",
  config: z.strictObject({ expr: z.string().default("true") }),
  inputs: { value: Json.optional() },
  outputs: {},
  form: { expr: { label: "Condition" } },
  effect: "pure",
  ports: (_, fixed) => ({
    ...fixed,
    outputs: { yes: { schema: {}, required: false }, no: { schema: {}, required: false } },
    routes: ["yes", "no"],
  }),
  expressions: ({ expr }) =>
    typeof expr === "string" ? [{ path: "config.expr", expr, extra: ["value"], want: "bool" }] : [],
});

const join = defineNode({
  ...facts,
  kind: "join",
  title: "Join",
  category: "logic",
  config: z.strictObject({ mode: z.enum(["all", "any", "first"]).default("all") }),
  inputs: { items: Json.optional() },
  outputs: { items: z.array(Json), first: Json },
  form: { mode: { label: "Mode" } },
  effect: "pure",
  ports: (_, fixed) => ({ ...fixed, inputs: { items: { schema: {}, required: false, many: true } } }),
  join: ({ mode }) => (mode === "any" || mode === "first" ? mode : "all"),
});

const each = defineNode({
  ...facts,
  kind: "each",
  title: "For each",
  category: "logic",
  role: "container",
  config: z.strictObject({ maxItems: z.int().default(1_000), result: Binding.default({ ref: "item" }) }),
  inputs: { items: z.array(Json) },
  outputs: { items: z.array(Json), failed: z.array(Json), count: z.int() },
  form: { maxItems: { label: "Most" }, result: { label: "Result" } },
  effect: "pure",
  bindings: ({ result }) => {
    const parsed = Binding.safeParse(result);
    return parsed.success ? [{ path: "config.result", binding: parsed.data, inside: true }] : [];
  },
});

const ask = defineNode({
  ...facts,
  kind: "ask",
  title: "Ask",
  category: "people",
  config: z.strictObject({}),
  inputs: {},
  outputs: { by: z.string() },
  form: {},
  effect: "pure",
  ports: (_, fixed) => ({
    ...fixed,
    outputs: {
      approved: { schema: {}, required: false },
      rejected: { schema: {}, required: false },
      ...fixed.outputs,
    },
    routes: ["approved", "rejected"],
  }),
});

const tool = defineNode({
  ...facts,
  kind: "tool",
  title: "Tool",
  category: "tool",
  config: z.strictObject({ tool: ToolRef }),
  inputs: {},
  outputs: { result: Json },
  form: { tool: { label: "Tool" } },
  effect: "at_most_once",
  tools: ({ tool: ref }) => [ref],
  ports: ({ tool: ref }, fixed, around) => {
    const known = around.tools.find(({ name }) => name === ref.name);
    return known ? { ...fixed, inputs: objectPorts(known.inputSchema) } : fixed;
  },
});

const sub = defineNode({
  ...facts,
  kind: "sub",
  title: "Sub",
  category: "logic",
  config: z.strictObject({ workflow: Slug }),
  inputs: {},
  outputs: {},
  form: { workflow: { label: "Workflow" } },
  effect: "idempotent",
  workflows: ({ workflow }) => [{ slug: workflow, version: "live" }],
});

const transform = defineNode({
  ...facts,
  kind: "transform",
  title: "Transform",
  category: "data",
  config: z.strictObject({ fields: z.record(Key, Binding).default({}) }),
  inputs: {},
  outputs: { value: JsonObject },
  form: { fields: { label: "Fields" } },
  effect: "pure",
});

const memo = defineNode({
  ...facts,
  kind: "memo",
  title: "Memo",
  category: "canvas",
  role: "canvas",
  config: z.strictObject({}),
  inputs: {},
  outputs: {},
  form: {},
  effect: "pure",
});

export const testKinds: Registry = [start, work, call, split, join, each, ask, tool, sub, transform, memo];

export const nothingAround: Surroundings = { tools: [], workflows: [], connections: [] };

export const sha256 = sha256Hex;

/** A node by key; further facts as in the document. */
export type Sketched = Record<string, { kind: string } & Record<string, unknown>>;

/**
 * A canvas from nodes by key and wires such as `fetch.body > check.value`, `check.yes > pay` or `start > fetch`.
 * The id of a node is its key with an x in front.
 */
export function canvas(
  nodes: Sketched,
  wires: readonly string[] = [],
  rest: Record<string, unknown> = {},
): CanvasDoc {
  const end = (text: string) => text.trim().split(".");
  return CanvasDoc.parse({
    schemaVersion: 1,
    nodes: Object.entries(nodes).map(([key, { parent, ...node }], n) => ({
      id: `x${key}`,
      key,
      position: { x: n, y: 0 },
      ...(typeof parent === "string" ? { parent: `x${parent}` } : {}),
      ...node,
    })),
    edges: wires.map((wire, n) => {
      const [from = "", to = ""] = wire.split(">");
      const [[source, sourcePort = "value"], [target, targetPort]] = [end(from), end(to)];
      return {
        id: `e${n}`,
        source: `x${source}`,
        sourcePort: source === "start" ? "input" : sourcePort,
        target: `x${target}`,
        ...(targetPort === undefined ? {} : { targetPort }),
      };
    }),
    ...rest,
  });
}

export function compiled(
  nodes: Sketched,
  wires: readonly string[] = [],
  rest: Record<string, unknown> = {},
  around: Partial<Surroundings> = {},
): Compiled {
  return compile(
    canvas({ start: { kind: "start" }, ...nodes }, wires, rest),
    testKinds,
    { ...nothingAround, ...around },
    { title: "Test", sha256 },
  );
}

/** `severity code key` of every diagnostic, with the node's key. */
export function findings({ diagnostics }: Compiled): string[] {
  return diagnostics.map(
    ({ severity, code, nodeId }) => `${severity} ${code}${nodeId === undefined ? "" : ` ${nodeId.slice(1)}`}`,
  );
}
