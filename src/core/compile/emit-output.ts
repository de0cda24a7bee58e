// The workflow's own output: references stay references, what must be computed becomes one last step.
import type { Binding } from "../binding.ts";
import { formatPath } from "../expression/path.ts";
import { coveringPaths } from "../expression/names.ts";
import type { Schema } from "../json.ts";
import type { Plan } from "../plan.ts";
import { RetryPolicy } from "../plan.ts";
import { didYouMean } from "../nearest.ts";
import { checkBinding, pathsOf } from "./check-sources.ts";
import { isAlwaysThere } from "./check-routes.ts";
import type { Conditions } from "./conditions.ts";
import { isComputed, type Unhashed } from "./emit-step.ts";
import type { Scopes } from "./scopes.ts";
import { isStep, nameOf, report, type Placed, type Sketch } from "./sketch.ts";

export const outputKey = "run__output";

export interface Output {
  bindings: Plan["output"];
  schema: Schema;
  /** Null when every field is a value or a reference. */
  step: Unhashed | null;
}

/** The steps the output names; they belong to the plan even when nothing else needs them. */
export function outputSteps(sketch: Sketch): Placed[] {
  return Object.values(sketch.doc.output)
    .flatMap(pathsOf)
    .flatMap(({ root, segments: [key] }) => {
      const placed = root === "steps" && typeof key === "string" ? sketch.byKey.get(key) : undefined;
      return placed && isStep(placed) ? [placed] : [];
    });
}

/** Checks the output's bindings and returns their types by name. */
export function checkOutput(
  sketch: Sketch,
  scopes: Scopes,
  conditions: Conditions | null,
): Record<string, Schema> {
  const roots = scopes.rootsOf(null);
  const types: Record<string, Schema> = {};
  for (const [name, binding] of Object.entries(sketch.doc.output)) {
    types[name] = checkBinding(sketch, null, {
      path: `output.${name}`,
      binding,
      roots,
      extra: [],
      inside: false,
    });
    if (conditions) checkPresence(sketch, conditions, name, binding);
  }
  return types;
}

function checkPresence(sketch: Sketch, conditions: Conditions, name: string, binding: Binding): void {
  for (const path of pathsOf(binding)) {
    const [key, part] = path.segments;
    const step = path.root === "steps" && typeof key === "string" ? sketch.byKey.get(key) : undefined;
    if (
      !step ||
      step.parent !== null ||
      path.optional ||
      part !== "output" ||
      isAlwaysThere(conditions, step)
    )
      continue;
    const text = formatPath(path);
    report(sketch, {
      code: "ref.maybe_missing",
      path: `output.${name}`,
      message: `The output ${name} reads ${nameOf(step.node)}, which does not run on every route.`,
      hint:
        "ref" in binding ? `Write ${text}? to give null when it did not run.` : `Write default(${text}, …).`,
    });
  }
}

export function emitOutput(sketch: Sketch, types: Record<string, Schema>): Output {
  const { output } = sketch.doc;
  const schema: Schema = { type: "object", properties: types };
  const computed = Object.entries(output).filter(([, binding]) => isComputed(binding));
  const kind = sketch.kinds.get("transform");
  if (computed.length === 0 || !kind) {
    if (computed.length > 0)
      report(sketch, {
        code: "node.unknown_kind",
        path: "output",
        message: "The output is computed, and this installation has no kind to do it.",
        hint: didYouMean("transform", [...sketch.kinds.keys()], "Use references only."),
      });
    return {
      bindings: Object.fromEntries(Object.entries(output).map(([name, binding]) => [name, settled(binding)])),
      schema,
      step: null,
    };
  }
  const bindings = Object.fromEntries(
    Object.entries(output).map(([name, binding]) => [
      name,
      isComputed(binding) ? { ref: `steps.${outputKey}.output.value.${name}?` } : settled(binding),
    ]),
  );
  return {
    bindings,
    schema,
    step: outputStep(sketch, kind.version, kind.timeoutMs, Object.fromEntries(computed), types),
  };
}

/** Text without expressions is a value: what settles a run evaluates nothing. */
function settled(binding: Binding): Binding {
  return "template" in binding ? { literal: binding.template } : binding;
}

/** Waits until everything it names has ended, whichever way: `any` runs it as soon as one of them is there. */
function outputStep(
  sketch: Sketch,
  kindVersion: number,
  timeoutMs: number,
  fields: Record<string, Binding>,
  types: Record<string, Schema>,
): Unhashed {
  const paths = Object.values(fields).flatMap(pathsOf);
  const keys = paths.flatMap(({ root, segments: [key] }) =>
    root === "steps" && typeof key === "string" && sketch.byKey.has(key) ? [key] : [],
  );
  const steps = [...new Set(keys)].sort();
  const own = Object.fromEntries(Object.keys(fields).map((name) => [name, types[name] ?? {}]));
  return {
    key: outputKey,
    kind: "transform",
    kindVersion,
    title: "Output",
    nodeId: outputKey,
    config: { fields },
    inputs: {},
    outputs: { value: { type: "object", properties: own } },
    dependsOn: steps.map((step) => ({ step, on: "finished" as const })),
    join: steps.length > 1 ? "any" : "all",
    reads: coveringPaths(paths.map(formatPath)),
    connections: [],
    tools: [],
    effect: "pure",
    retry: RetryPolicy.parse({ maxAttempts: 1 }),
    timeoutMs,
    verifiers: [],
    onFailure: "fail_run",
  };
}
