// Turns a claimed step's bindings into the values its node runs with.
import { evaluateExpression, resolveBinding } from "../../src/core/expression.ts";
import { StepError } from "../../src/core/failure.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { Node } from "../../src/core/node.ts";
import type { ClaimedStep } from "../../src/core/worker.ts";

/** @throws StepError `validation`/`input_invalid` when the condition is not a yes or no */
export function isWanted(step: Pick<ClaimedStep, "when">, scope: JsonObject): boolean {
  if (step.when === undefined || step.when === null) return true;
  const answer = evaluateExpression(step.when, scope);
  if (typeof answer === "boolean") return answer;
  throw new StepError(
    "validation",
    "input_invalid",
    "The condition of this node did not give true or false.",
    {
      hint: "Correct the condition, for example with a comparison.",
    },
  );
}

/**
 * The step's inputs: each binding resolved, or the value a retry brought in its place.
 * @throws StepError `validation` from the bindings
 */
export function resolveInputs(step: Pick<ClaimedStep, "inputs" | "override">, scope: JsonObject): JsonObject {
  const given = step.override ?? {};
  const resolved: JsonObject = {};
  for (const [port, binding] of Object.entries(step.inputs)) {
    if (!Object.hasOwn(given, port)) resolved[port] = resolveBinding(binding, scope);
  }
  return { ...resolved, ...given };
}

/**
 * Leaves out what a reference with `?` did not find, where the port would refuse the null that stands for it: an optional
 * port takes a missing value, not a null. The numbered ways into a merge (`items__0`) keep theirs.
 */
export function withoutAbsent(node: Node, step: Pick<ClaimedStep, "inputs">, inputs: JsonObject): JsonObject {
  const isAbsent = ([port, value]: [string, Json]) => {
    const binding = step.inputs[port];
    if (value !== null || port.includes("__") || binding === undefined || !("ref" in binding)) return false;
    if (!binding.ref.endsWith("?")) return false;
    const shape = node.inputs.shape[port];
    return shape === undefined || !shape.safeParse(null).success;
  };
  return Object.fromEntries(Object.entries(inputs).filter((entry) => !isAbsent(entry)));
}

/** @throws StepError `validation`/`input_invalid` naming the ports that do not fit */
export function checkInputs(node: Node, inputs: JsonObject): void {
  const answer = node.inputs.safeParse(inputs);
  if (answer.success) return;
  const faults = answer.error.issues.map(({ path, message }) => ({ path: path.map(String), message }));
  const said = faults
    .slice(0, 3)
    .map(({ path, message }) => `${path.join(".") || "inputs"}: ${message}`)
    .join("; ");
  const detail: Json = faults.slice(0, 20);
  throw new StepError("validation", "input_invalid", `The inputs do not fit: ${said}.`, {
    hint: "Check what is bound to these inputs.",
    detail,
  });
}
