// Last pass: steps in order, with their hashes, and what the plan uses.
import type { WorkflowUse } from "../node.ts";
import type { Dep, Plan, Risk, Step, Trigger } from "../plan.ts";
import type { ToolRef } from "../tool.ts";
import { planHashOf, stepHashOf, type Sha256 } from "../hash.ts";
import { pathsOf } from "./check-sources.ts";
import type { Conditions } from "./conditions.ts";
import { formatPath } from "../expression/path.ts";
import { emitSettings } from "./limit-keys.ts";
import { emitContainer, emitStep, type Body, type Unhashed } from "./emit-step.ts";
import type { Output } from "./emit-output.ts";
import { implies, unconditional } from "./conditions.ts";
import { isStep, report, type Placed, type Sketch } from "./sketch.ts";
import { emitRollback, undoneBy } from "./rollbacks.ts";
import { maxSteps } from "./place-nodes.ts";

/** Changes whenever the same document may give another plan. */
export const compilerVersion = "1.0.0";

export function emitPlan(
  sketch: Sketch,
  conditions: Conditions,
  output: Output,
  risks: Risk[],
  options: { title: string; sha256: Sha256 },
): Plan | null {
  const { doc } = sketch;
  const unhashed = [...emitSteps(sketch, conditions), ...(output.step ? [output.step] : [])];
  if (unhashed.length > maxSteps) {
    report(sketch, {
      code: "graph.too_large",
      message: `The plan has ${unhashed.length} steps; ${maxSteps} is the limit.`,
      hint: "Split it into sub-workflows.",
    });
    return null;
  }
  const ranks = rankSteps(unhashed);
  const rankOf = ({ key, role }: Unhashed): number =>
    role === "rollback" ? maxSteps * 2 - (ranks.get(undoneBy(key)) ?? 0) : (ranks.get(key) ?? 0);
  const steps = unhashed
    .map((step) => ({ step, rank: rankOf(step) }))
    .sort((a, b) => a.rank - b.rank || (a.step.key < b.step.key ? -1 : 1))
    .map(({ step }): Step => Object.assign(step, { stepHash: stepHashOf(step, options.sha256) }));
  const plan: Omit<Plan, "planHash"> = {
    irVersion: 1,
    title: options.title,
    compiler: compilerVersion,
    input: doc.input,
    output: output.bindings,
    outputSchema: output.schema,
    variables: doc.variables,
    triggers: emitTriggers(sketch),
    steps,
    settings: emitSettings(doc),
    risks,
    uses: usesOf(sketch, steps),
  };
  return { ...plan, planHash: planHashOf(plan, options.sha256) };
}

function emitSteps(sketch: Sketch, conditions: Conditions): Unhashed[] {
  const bodies = new Map<Placed | null, Placed[]>();
  const awaited = new Set<Placed>();
  for (const placed of sketch.placed) {
    if (!isStep(placed) || sketch.unreached.has(placed)) continue;
    for (const { upstream } of placed.deps) awaited.add(upstream);
    const body = bodies.get(placed.parent);
    if (body) body.push(placed);
    else bodies.set(placed.parent, [placed]);
  }
  const steps: Unhashed[] = [];
  for (const body of bodies.values())
    for (const placed of body) {
      const entry: Dep[] = placed.parent
        ? [{ step: `${placed.parent.node.key}__split`, on: "succeeded" }]
        : [];
      if (placed.kind.role === "container") {
        const leaves = (bodies.get(placed) ?? []).filter((inner) => !awaited.has(inner));
        steps.push(...emitContainer(sketch, placed, entry, bodyFacts(placed, leaves, conditions)));
      } else steps.push(emitStep(sketch, placed, entry));
      steps.push(...emitRollback(sketch, placed));
    }
  return steps;
}

function bodyFacts(placed: Placed, leaves: readonly Placed[], conditions: Conditions): Body {
  const { kind, config, configOk } = placed;
  const inside = configOk
    ? [
        ...(kind.bindings?.(config) ?? []).filter((one) => one.inside).map(({ binding }) => binding),
        ...(kind.expressions?.(config) ?? []).filter((one) => one.inside).map(({ expr }) => ({ expr })),
      ]
    : [];
  return {
    leaves,
    all: leaves.every((leaf) => implies(unconditional, conditions.ends(leaf, "succeeded"))),
    resultReads: inside.flatMap(pathsOf).map(formatPath),
  };
}

/** Longest path from a step that waits for nothing; a container comes after its body. */
function rankSteps(steps: readonly Unhashed[]): Map<string, number> {
  const byKey = new Map(steps.map((step) => [step.key, step]));
  const ranks = new Map<string, number>();
  const open = [...byKey.keys()];
  for (let key = open.at(-1); key !== undefined; key = open.at(-1)) {
    const step = byKey.get(key);
    if (ranks.has(key)) {
      open.pop();
      continue;
    }
    const upstreams = step?.dependsOn.map((dep) => dep.step) ?? [];
    if (step?.role === "collect") upstreams.push(`${key}__item`, `${key}__turn`);
    let rank = 0;
    let ready = true;
    for (const upstream of upstreams) {
      const known = ranks.get(upstream);
      if (known !== undefined) rank = Math.max(rank, known + 1);
      else if (byKey.has(upstream)) {
        open.push(upstream);
        ready = false;
      }
    }
    if (ready) ranks.set(key, rank);
  }
  return ranks;
}

function emitTriggers(sketch: Sketch): Trigger[] {
  return sketch.placed
    .filter(({ kind }) => kind.role === "trigger")
    .map(({ node, config, kind }): Trigger => ({
      key: node.key,
      kind: kind.kind,
      config,
      map: node.inputs,
      ...(kind.base === undefined ? {} : { base: kind.base }),
      nodeId: node.id,
    }));
}

function usesOf(sketch: Sketch, steps: readonly Step[]): Plan["uses"] {
  const slugs = new Set<string>();
  const tools = new Map<string, ToolRef>();
  const workflows = new Map<string, WorkflowUse>();
  const addWorkflow = ({ slug, version }: WorkflowUse) =>
    workflows.set(`${slug} ${version}`, { slug, version });
  for (const step of steps) {
    for (const slug of step.connections) slugs.add(slug);
    for (const tool of step.tools) tools.set(`${tool.connection} ${tool.name} ${tool.schemaHash}`, tool);
  }
  for (const placed of sketch.placed) {
    const { kind, config, rollback } = placed;
    const trigger = kind.role === "trigger";
    if (!trigger && (!isStep(placed) || sketch.unreached.has(placed))) continue;
    if (trigger) for (const slug of kind.connectionsOf(config)) slugs.add(slug);
    kind.workflowsOf(config).forEach(addWorkflow);
    rollback?.kind.workflowsOf(rollback.config).forEach(addWorkflow);
  }
  const { errorWorkflow } = sketch.doc.settings;
  if (errorWorkflow !== undefined) addWorkflow({ slug: errorWorkflow, version: "live" });
  return {
    connections: [...slugs].sort().map((slug) => ({
      slug,
      hosts: [...(sketch.around.connections.find((one) => one.slug === slug)?.hosts ?? [])].sort(),
    })),
    tools: sortedValues(tools),
    skills: [],
    workflows: sortedValues(workflows),
    packs: [],
  };
}

function sortedValues<V>(map: ReadonlyMap<string, V>): V[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
