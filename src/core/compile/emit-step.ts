// Turns a placed node into the steps of the plan.
import { coveringPaths } from "../expression/names.ts";
import type { Binding } from "../binding.ts";
import { JsonObject } from "../json.ts";
import type { Dep, Effect, Step, Verifier } from "../plan.ts";
import { verifierConnections, verifierKinds } from "../verifier-kinds.ts";
import { nameOf, type Placed, type Sketch } from "./sketch.ts";

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

/** The one step an ordinary node becomes. */
export function emitStep(sketch: Sketch, placed: Placed, entry: Dep[]): Unhashed {
  const { node, kind, config } = placed;
  const effect = effectOf(sketch, placed);
  const deps = placed.deps.map(({ upstream, on, port }): Dep => ({
    step: upstream.node.key,
    on,
    ...(port === undefined ? {} : { port }),
  }));
  // In the order of the canonical text, so that hashing a thousand steps need not sort them.
  return {
    config,
    connections: connectionsOf(placed),
    ...(node.deadlineMs === undefined ? {} : { deadlineMs: node.deadlineMs }),
    dependsOn: deps.length === 0 ? entry : deps,
    effect,
    ...(node.fallback ? { fallback: node.fallback } : {}),
    inputs: placed.inputs,
    join: kind.join?.(config) ?? "all",
    key: node.key,
    kind: kind.kind,
    kindVersion: kind.version,
    nodeId: node.id,
    onFailure: node.onFailure,
    outputs: outputsOf(placed),
    ...inputPorts(placed),
    reads: coveringPaths([...placed.reads]),
    retry: retryOf(placed),
    ...(node.rollback ? { rollback: node.rollback } : {}),
    timeoutMs: node.timeoutMs ?? kind.timeoutMs,
    title: nameOf(node),
    tools: kind.toolsOf(config),
    verifiers: verifiersOf(placed, effect),
    ...(node.when === undefined ? {} : { when: node.when }),
    ...(placed.parent ? { within: placed.parent.node.key } : {}),
  };
}

/** A port for any JSON is spelled as a schema with references; it checks nothing. */
function inputPorts({ ports }: Placed): Pick<Step, "ports"> {
  const strict = Object.entries(ports.inputs).filter(
    ([, { schema, many }]) =>
      !many && !("$defs" in schema) && !("$ref" in schema) && Object.keys(schema).length > 0,
  );
  if (strict.length === 0) return {};
  return { ports: Object.fromEntries(strict.map(([name, { schema }]) => [name, schema])) };
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

function outputsOf({ ports }: Placed): Step["outputs"] {
  return Object.fromEntries(Object.entries(ports.outputs).map(([name, { schema }]) => [name, schema]));
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
