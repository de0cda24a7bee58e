// The names of plans, steps and tools: hashes of what they are, not of where or when they were made.
import { canonicalJson } from "./canonical.ts";
import type { Plan, Step } from "./plan.ts";
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
  return sha256(canonicalJson({ ...step, nodeId: undefined, stepHash: undefined }));
}

/** Names what a tool promises: a tool with another description or schema is another tool. */
export function toolHashOf(
  tool: Pick<Tool, "name" | "description" | "inputSchema" | "outputSchema" | "annotations">,
  sha256: Sha256,
): string {
  const { name, description, inputSchema, outputSchema, annotations } = tool;
  return sha256(canonicalJson({ name, description, inputSchema, outputSchema, annotations }));
}
