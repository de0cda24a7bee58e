// The names of plans, steps and tools: hashes of what they are, not of where or when they were made.
import { canonicalJson } from "./canonical.ts";
import type { Json, JsonObject } from "./json.ts";
import { Step, type Plan } from "./plan.ts";
import type { Tool } from "./tool.ts";

/** Digest of UTF-8 text: 64 lower-case hex characters. Core has no crypto of its own. */
export type Sha256 = (text: string) => string;

/**
 * Names a plan: same graph and same tool schemas, same hash. Titles and keys count, because people read and name them.
 * Each step is represented by its own hash, so that a thousand steps are written out once and not twice.
 * @param plan  a parsed plan, defaults written out; node ids, the compiler's version and the hash itself are left out
 * @throws only what `sha256` throws
 */
export function planHashOf(plan: Omit<Plan, "planHash">, sha256: Sha256): string {
  const steps = plan.steps.map(({ stepHash }) => stepHash);
  const triggers = plan.triggers.map(({ nodeId: _, ...trigger }) => trigger);
  return sha256(canonicalJson({ ...plan, steps, triggers, planHash: undefined, compiler: undefined }));
}

/** Names a step's meaning: everything but its own hash and its node's id. */
export function stepHashOf(step: Omit<Step, "stepHash">, sha256: Sha256): string {
  let text = "";
  for (const name of hashed) {
    const value = step[name];
    if (value !== undefined) text += `${text === "" ? "{" : ","}"${name}":${textOf(name, value)}`;
  }
  return sha256(`${text}}`);
}

/** In the order of the canonical text. */
const hashed = Step.keyof()
  .options.filter((name) => name !== "nodeId" && name !== "stepHash")
  .sort();

const frozen = new WeakMap<object, string>();

/** The canonical text of a step's field. What is frozen is the same for many steps, a kind's policy or ports, and is written once. */
function textOf(name: string, value: Json): string {
  if (typeof value === "number" || value === null || typeof value !== "object") return JSON.stringify(value);
  if (!Object.isFrozen(value))
    return name === "outputs" && !Array.isArray(value) ? textOfPorts(value) : canonicalJson(value);
  let text = frozen.get(value);
  if (text === undefined) frozen.set(value, (text = canonicalJson(value)));
  return text;
}

function textOfPorts(outputs: JsonObject): string {
  let text = "";
  for (const port of Object.keys(outputs).sort())
    text += `${text === "" ? "" : ","}"${port}":${textOf(port, outputs[port] ?? null)}`;
  return `{${text}}`;
}

/** Names what a tool promises: a tool with another description or schema is another tool. */
export function toolHashOf(
  tool: Pick<Tool, "name" | "description" | "inputSchema" | "outputSchema" | "annotations">,
  sha256: Sha256,
): string {
  const { name, description, inputSchema, outputSchema, annotations } = tool;
  return sha256(canonicalJson({ name, description, inputSchema, outputSchema, annotations }));
}
