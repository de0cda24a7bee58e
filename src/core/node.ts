// A node kind as one value: everything the palette, canvas, inspector, compiler, runner and docs need to know of it.
import { z } from "zod";
import type { Capabilities, CancelSignal, Parked, Routed } from "./capabilities.ts";
import type { Binding } from "./binding.ts";
import { fixedPorts } from "./fixed-ports.ts";
import type { Json, JsonObject, Schema } from "./json.ts";
import { configReader } from "./read-config.ts";
import { RetryPolicy, type Effect, type Step } from "./plan.ts";
import type { Tool } from "./tool.ts";

/** Names of icons; `ui/icons.tsx` holds the picture for each. */
export const IconName = z.enum([
  "play",
  "globe",
  "sparkles",
  "plug",
  "braces",
  "filter",
  "split",
  "merge",
  "repeat",
  "clock",
  "hand",
  "file",
  "workflow",
  "octagon-x",
  "sticky-note",
  "code",
  "mail",
  "bell",
  "calendar",
  "webhook",
  "clipboard",
  "radio",
  "rotate",
]);
export type IconName = z.infer<typeof IconName>;

/** Names of form controls; `builder/inspector/widgets.tsx` holds the component for each. */
export const WidgetName = z.enum([
  "text",
  "textarea",
  "number",
  "switch",
  "select",
  "tags",
  "key-value",
  "json",
  "schema",
  "expression",
  "template",
  "prompt",
  "connection",
  "model-chain",
  "tool",
  "workflow",
  "cases",
  "duration",
  "datetime",
  "approvers",
  "bindings",
  "code",
  "hidden",
]);
export type WidgetName = z.infer<typeof WidgetName>;

export const NodeCategory = z.enum(["trigger", "tool", "ai", "data", "logic", "people", "output", "canvas"]);
export type NodeCategory = z.infer<typeof NodeCategory>;

/** step: becomes a step; trigger: starts the run; container: has a body of nodes; canvas: never runs. */
export type NodeRole = "step" | "trigger" | "container" | "canvas";

/** What the body of a container runs for: the items of a list, or turn after turn until a condition holds. */
export type BodyKind = "items" | "turns";

/** What expressions in a body may name besides everything around it; also the container's ports towards its body. */
export const bodyRoots: Readonly<Record<BodyKind, readonly string[]>> = {
  items: ["item", "index"],
  turns: ["turn", "previous"],
};

export interface FieldForm {
  label: string;
  widget?: WidgetName;
  help?: string;
  placeholder?: string;
  /** Shown behind "More settings". */
  advanced?: boolean;
  /** Not shown while that field of the config has this value: it would mean nothing. */
  unless?: { field: string; is: Json };
  /** For the widget `connection`: the kind it offers; absent means http. */
  connectionKind?: ConnectionFacts["kind"];
}

export interface Port {
  schema: Schema;
  required: boolean;
  title?: string;
  /**
   * Takes any number of wires. The compiler numbers them (`items__0`, `items__1`, …, in the order of their source's rank) and each
   * arrives as an input of that name, null where its source did not run. A wire without a target port lands here.
   */
  many?: boolean;
}

/** What a node offers to wires under one config. `routes` are output ports of which exactly one is taken. */
export interface Ports {
  inputs: Record<string, Port>;
  outputs: Record<string, Port>;
  routes: string[];
}

export interface WorkflowFacts {
  slug: string;
  title: string;
  version: number;
  input: Schema;
  output: Schema;
}

export interface ConnectionFacts {
  slug: string;
  kind: "http" | "mcp" | "anthropic" | "openai" | "openai-compatible" | "signing";
  hosts: string[];
}

/** What exists around the document: the compiler and the inspector look things up here and nowhere else. */
export interface Surroundings {
  tools: Tool[];
  workflows: WorkflowFacts[];
  connections: ConnectionFacts[];
}

export type PortShapes = Record<string, z.ZodType>;
type Values<P extends PortShapes> = { [K in keyof P]: z.infer<P[K]> };

interface NodeFacts {
  /** Equal to the file's name; stored in plans; never renamed. */
  kind: string;
  title: string;
  summary: string;
  icon: IconName;
  category: NodeCategory;
  role?: NodeRole;
  /** Of a container; absent means items. */
  body?: BodyKind;
  retry?: Partial<z.input<typeof RetryPolicy>>;
  timeoutMs?: number;
  /** Further ports that depend on the config, and which outputs route; absent means the static ports are all. */
  sample: { config: JsonObject; inputs: JsonObject };
  /** Old config to next config; the kind's version is their number plus one. */
  migrations?: ((config: JsonObject) => JsonObject)[];
  /** `first` and `any` are for merges. */
  join?: (config: JsonObject) => Step["join"];
  /** A trigger's: what of its event becomes the input as it is, where it fits. Absent means nothing does. */
  base?: string;
  /** CEL in the config: field path to source, with the extra roots it may name (`item`, `output`). */
  expressions?: (config: JsonObject) => ConfigExpression[];
  /** Bindings in the config; `inside` means they are evaluated in the container's body. */
  bindings?: (config: JsonObject) => { path: string; binding: Binding; inside?: boolean }[];
}

/**
 * `extra`: roots the expression may name besides those of its step; `each` makes `item` the element type of that input port; `inside`:
 * evaluated in the container's body.
 */
export interface ConfigExpression {
  path: string;
  expr: string;
  extra: string[];
  each?: string;
  inside?: boolean;
  want: "bool" | "any";
}

/** A workflow another one starts; `live` is whatever is live when it does. */
export interface WorkflowUse {
  slug: string;
  version: number | "live";
}

export interface NodeSpec<
  C extends z.ZodObject,
  I extends PortShapes,
  O extends PortShapes,
> extends NodeFacts {
  config: C;
  inputs: I;
  outputs: O;
  form: Record<keyof z.infer<C>, FieldForm> & Partial<Record<keyof I, FieldForm>>;
  effect: Effect | ((config: z.infer<C>, around: Surroundings) => Effect);
  /** The ports under this config; receives the static ones. */
  ports?: (config: z.infer<C>, fixed: Ports, around: Surroundings) => Ports;
  /** The one fact worth a line on the card: the host, the model, the condition. */
  fact?: (config: z.infer<C>, inputs: Record<string, Binding>) => string;
  /** Connections the config names. */
  connections?: (config: z.infer<C>) => string[];
  /** How many retries need no delay, because each asks somebody else; absent means none. */
  immediateRetries?: (config: z.infer<C>) => number;
  /** Tools the config names, with the hashes pinned in it. */
  tools?: (config: z.infer<C>) => Step["tools"];
  /** Workflows the config names. */
  workflows?: (config: z.infer<C>) => WorkflowUse[];
  /** A trigger's: the type of the `event` its map and its expressions may name. */
  event?: (config: z.infer<C>, around: Surroundings) => Schema;
  run: (context: {
    config: z.infer<C>;
    input: Values<I>;
    /** Every input as it came, those of config-dependent ports included. */
    given: JsonObject;
    can: Capabilities;
    signal: CancelSignal;
  }) => Promise<JsonObject | Parked | Routed> | JsonObject | Parked | Routed;
}

/** The type-erased kind the registry holds. All functions take an unparsed config; only `execute` refuses one that does not parse. */
export interface Node extends Omit<NodeFacts, "role"> {
  role: NodeRole;
  version: number;
  config: z.ZodObject;
  inputs: z.ZodObject;
  outputs: z.ZodObject;
  form: Record<string, FieldForm>;
  retryPolicy: RetryPolicy;
  timeoutMs: number;
  /** The config with every default written out, parsed once per config; the issues when it does not parse. */
  readConfig(config: JsonObject): { config: JsonObject } | { issues: z.core.$ZodIssue[] };
  /** The fixed ports while the config does not parse: an unfinished node is still drawn. */
  portsOf(config: JsonObject, around: Surroundings): Ports;
  effectOf(config: JsonObject, around: Surroundings): Effect;
  factOf(config: JsonObject, inputs: Record<string, Binding>): string;
  connectionsOf(config: JsonObject): string[];
  immediateRetriesOf(config: JsonObject): number;
  toolsOf(config: JsonObject): Step["tools"];
  workflowsOf(config: JsonObject): WorkflowUse[];
  /** Null for everything that is not started by an event. */
  eventOf(config: JsonObject, around: Surroundings): Schema | null;
  execute(context: {
    config: JsonObject;
    input: JsonObject;
    can: Capabilities;
    signal: CancelSignal;
  }): Promise<JsonObject | Parked | Routed>;
}

/**
 * Takes the typed spec of a kind and returns it type-erased, so the registry is a plain array and nobody switches on `kind`.
 * The casts between the two stay here.
 */
export function defineNode<C extends z.ZodObject, I extends PortShapes, O extends PortShapes>(
  spec: NodeSpec<C, I, O>,
): Node {
  const { effect, ports, fact, connections, immediateRetries, tools, workflows, event, run, ...facts } = spec;
  const fixed = fixedPorts(spec.inputs, spec.outputs);
  const inputs = z.looseObject(spec.inputs);
  const parse = (config: JsonObject): z.infer<C> => spec.config.parse(config);
  const { read, ask } = configReader(spec.config);
  return {
    ...facts,
    role: spec.role ?? "step",
    version: (spec.migrations?.length ?? 0) + 1,
    inputs,
    outputs: z.looseObject(spec.outputs),
    form: spec.form as Record<string, FieldForm>,
    retryPolicy: Object.freeze(RetryPolicy.parse(spec.retry ?? {})),
    timeoutMs: spec.timeoutMs ?? 30_000,
    readConfig: read,
    portsOf: (config, around) =>
      ports ? ask(config, (parsed) => ports(parsed, fixed, around), fixed) : fixed,
    effectOf: (config, around) =>
      typeof effect === "function" ? ask(config, (parsed) => effect(parsed, around), "at_most_once") : effect,
    factOf: (config, bound) => (fact ? ask(config, (parsed) => fact(parsed, bound), "") : ""),
    connectionsOf: (config) => (connections ? ask(config, connections, []) : []),
    immediateRetriesOf: (config) => (immediateRetries ? ask(config, immediateRetries, 0) : 0),
    toolsOf: (config) => (tools ? ask(config, tools, []) : []),
    workflowsOf: (config) => (workflows ? ask(config, workflows, []) : []),
    eventOf: (config, around) => (event ? ask<Schema>(config, (parsed) => event(parsed, around), {}) : null),
    async execute({ config, input, can, signal }) {
      return run({
        config: parse(config),
        input: inputs.parse(input) as Values<I>,
        given: input,
        can,
        signal,
      });
    },
  };
}

export type Registry = readonly Node[];
