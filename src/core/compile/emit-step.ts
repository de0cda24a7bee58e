// Turns a placed node into the steps of the plan.
import { coveringPaths } from "../expression/names.ts";
import type { Binding } from "../binding.ts";
import { JsonObject, type Schema } from "../json.ts";
import type { Ports } from "../node.ts";
import type { Dep, Effect, Step, Verifier } from "../plan.ts";
import { verifierConnections, verifierKinds } from "../verifier-kinds.ts";
import { nameOf, type Placed, type PlacedDep, type Sketch } from "./sketch.ts";

export type Unhashed = Omit<Step, "stepHash">;

export function effectOf(sketch: Sketch, { node, kind, config }: Placed): Effect {
  return node.effect ?? kind.effectOf(config, sketch.around);
}

/** Every step that touches the outside has its answer checked against its ports. */
const portsVerifier: Verifier = {
  name: "ports",
  kind: "json_schema",
  config: { target: "outputs" },
  required: true,
  timeoutMs: 15_000,
};
const onlyPorts: Verifier[] = [portsVerifier];
Object.freeze(onlyPorts);

/** The one step an ordinary node becomes. Fields are set one by one: a thousand steps put together by spreading cost three times as much. */
export function emitStep(sketch: Sketch, placed: Placed, entry: Dep[]): Unhashed {
  const { node, kind, config } = placed;
  const effect = effectOf(sketch, placed);
  const step: Unhashed = {
    key: node.key,
    kind: kind.kind,
    kindVersion: kind.version,
    title: nameOf(node),
    nodeId: node.id,
    config,
    inputs: placed.inputs,
    outputs: outputsOf(placed),
    dependsOn: placed.deps.length === 0 ? entry : placed.deps.map(depOf),
    join: kind.join?.(config) ?? "all",
    reads: coveringPaths(placed.reads),
    connections: connectionsOf(placed),
    tools: kind.toolsOf(config),
    effect,
    retry: retryOf(placed),
    timeoutMs: node.timeoutMs ?? kind.timeoutMs,
    verifiers: verifiersOf(placed, effect),
    onFailure: node.onFailure,
  };
  const ports = inputPorts(placed);
  if (ports) step.ports = ports;
  if (node.deadlineMs !== undefined) step.deadlineMs = node.deadlineMs;
  if (node.fallback) step.fallback = node.fallback;
  if (node.rollback) step.rollback = node.rollback;
  if (node.when !== undefined) step.when = node.when;
  if (placed.parent) step.within = placed.parent.node.key;
  return step;
}

function depOf({ upstream, on, port }: PlacedDep): Dep {
  return port === undefined ? { step: upstream.node.key, on } : { step: upstream.node.key, on, port };
}

type Schemas = Readonly<Record<string, Schema>>;
const fixedInputs = new WeakMap<object, Schemas | null>();
const fixedOutputs = new WeakMap<object, Schemas>();

/** What is made of the ports all steps of a kind share is made once and shared, too: so is its text, see hash.ts. */
function shared<T extends Schemas | null>(
  known: WeakMap<object, T>,
  ports: Ports["inputs"],
  make: (ports: Ports["inputs"]) => T,
): T {
  if (!Object.isFrozen(ports)) return make(ports);
  let made = known.get(ports);
  if (made === undefined) known.set(ports, (made = Object.freeze(make(ports))));
  return made;
}

function inputPorts({ ports }: Placed): Schemas | null {
  return shared(fixedInputs, ports.inputs, strictInputs);
}

function outputsOf({ ports }: Placed): Schemas {
  return shared(fixedOutputs, ports.outputs, schemasOf);
}

/** A port for any JSON is spelled as a schema with references; it checks nothing. */
function strictInputs(ports: Ports["inputs"]): Schemas | null {
  const strict: Record<string, Schema> = {};
  let any = false;
  for (const [name, { schema, many }] of Object.entries(ports)) {
    if (many || "$defs" in schema || "$ref" in schema || isEmpty(schema)) continue;
    strict[name] = schema;
    any = true;
  }
  return any ? strict : null;
}

function schemasOf(ports: Ports["outputs"]): Schemas {
  const schemas: Record<string, Schema> = {};
  for (const [name, { schema }] of Object.entries(ports)) schemas[name] = schema;
  return schemas;
}

function isEmpty(schema: Schema): boolean {
  for (const _ in schema) return false;
  return true;
}

function unique(slugs: string[]): string[] {
  return slugs.length < 2 ? slugs : [...new Set(slugs)].sort();
}

function connectionsOf({ node, kind, config }: Placed): string[] {
  const own = kind.connectionsOf(config);
  return unique(node.verifiers.length === 0 ? own : [...own, ...node.verifiers.flatMap(verifierConnections)]);
}

function verifiersOf({ node }: Placed, effect: Effect): Verifier[] {
  if (node.verifiers.length === 0) return effect === "pure" ? node.verifiers : onlyPorts;
  const verifiers = node.verifiers.map(withDefaults);
  return effect === "pure" ? verifiers : [portsVerifier, ...verifiers];
}

/** With every default of its kind written out: leaving a field out and writing its default are the same plan. */
function withDefaults(verifier: Verifier): Verifier {
  const parsed = verifierKinds[verifier.kind].config.safeParse(verifier.config);
  return parsed.success ? { ...verifier, config: JsonObject.parse(parsed.data) } : verifier;
}

function retryOf({ node, kind, config }: Placed): Step["retry"] {
  const immediate = kind.immediateRetriesOf(config);
  if (!node.retry && immediate === kind.retryPolicy.immediate) return kind.retryPolicy;
  return { ...kind.retryPolicy, immediate, ...(node.retry ? defined(node.retry) : {}) };
}

/** An optional field that is there but undefined would overwrite a default. */
function defined<T extends object>(partial: T): Partial<T> {
  return JSON.parse(JSON.stringify(partial));
}

export interface Body {
  /** Bodies' nodes that nothing in the body waits for. */
  leaves: readonly Placed[];
  /** Whether each of them runs in every pass. */
  all: boolean;
  resultReads: readonly string[];
}

/** The three steps a container becomes; its body stands between the first two. */
export function emitContainer(sketch: Sketch, placed: Placed, entry: Dep[], body: Body): Unhashed[] {
  const whole = emitStep(sketch, placed, entry);
  const { key } = placed.node;
  const pass = placed.kind.body === "turns" ? ("turn" as const) : ("item" as const);
  const split: Unhashed = {
    ...whole,
    key: `${key}__split`,
    role: "split",
    outputs: { items: { type: "array" } },
    onFailure: "fail_run",
    verifiers: [],
  };
  delete split.fallback;
  delete split.rollback;
  const started: Dep = { step: split.key, on: "succeeded" };
  const inert = { inputs: {}, reads: [], connections: [], tools: [], verifiers: [], join: "all" as const };
  const base = { ...whole, ...inert };
  delete base.when;
  delete base.ports;
  const { fallback: _, rollback: __, deadlineMs: ___, ...item } = base;
  return [
    split,
    {
      ...item,
      key: `${key}__${pass}`,
      role: pass,
      within: key,
      outputs: pass === "turn" ? { value: {}, done: { type: "boolean" } } : { value: {} },
      onFailure: "fail_run",
      dependsOn:
        body.leaves.length === 0
          ? [started]
          : body.leaves.map(({ node }): Dep => ({ step: node.key, on: "succeeded" })),
      join: body.leaves.length > 1 && !body.all ? "any" : "all",
      reads: coveringPaths(body.resultReads),
    },
    { ...base, key, role: "collect", dependsOn: [started] },
  ];
}

/** The literal fields of a binding list are kept; bindings that compute move into a step of their own. */
export function isComputed(binding: Binding): boolean {
  return "expr" in binding || ("template" in binding && binding.template.includes("{{"));
}
