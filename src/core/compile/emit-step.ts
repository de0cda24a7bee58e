// Turns a placed node into the steps of the plan.
import { coveringPaths } from "../expression/names.ts";
import type { Binding } from "../binding.ts";
import type { Dep, Effect, Step, Verifier } from "../plan.ts";
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

/** The one step an ordinary node becomes. */
export function emitStep(sketch: Sketch, placed: Placed, entry: Dep[]): Unhashed {
  const { node, kind, config } = placed;
  const effect = effectOf(sketch, placed);
  const deps = placed.deps.map(({ upstream, on, port }): Dep => ({
    step: upstream.node.key,
    on,
    ...(port === undefined ? {} : { port }),
  }));
  return {
    ...partOf(placed),
    key: node.key,
    config,
    inputs: placed.inputs,
    outputs: outputsOf(placed),
    dependsOn: deps.length === 0 ? entry : deps,
    join: kind.join?.(config) ?? "all",
    ...(node.when === undefined ? {} : { when: node.when }),
    reads: coveringPaths([...placed.reads]),
    connections: [...new Set(kind.connectionsOf(config))].sort(),
    tools: kind.toolsOf(config),
    effect,
    verifiers: effect === "pure" ? node.verifiers : [portsVerifier, ...node.verifiers],
    ...(node.fallback ? { fallback: node.fallback } : {}),
    ...(node.rollback ? { rollback: node.rollback } : {}),
  };
}

/** What all steps of one node share. */
function partOf({ node, kind, parent }: Placed) {
  return {
    kind: kind.kind,
    kindVersion: kind.version,
    title: nameOf(node),
    nodeId: node.id,
    retry: {
      ...kind.retryPolicy,
      immediate: kind.immediateRetriesOf(node.config),
      ...defined(node.retry ?? {}),
    },
    timeoutMs: node.timeoutMs ?? kind.timeoutMs,
    ...(node.deadlineMs === undefined ? {} : { deadlineMs: node.deadlineMs }),
    onFailure: node.onFailure,
    ...(parent ? { within: parent.node.key } : {}),
  };
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
  /** Whether each of them runs for every item. */
  all: boolean;
  resultReads: readonly string[];
}

/** The three steps a map becomes; its body stands between the first two. */
export function emitMap(sketch: Sketch, placed: Placed, entry: Dep[], body: Body): Unhashed[] {
  const whole = emitStep(sketch, placed, entry);
  const { key } = placed.node;
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
  const { fallback: _, rollback: __, deadlineMs: ___, ...item } = base;
  return [
    split,
    {
      ...item,
      key: `${key}__item`,
      role: "item",
      within: key,
      outputs: { value: {} },
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
