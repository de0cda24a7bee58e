// The names of plans, steps and tools: hashes of what they are, not of where or when they were made.
import { canonicalBytes, CanonicalWriter } from "./canonical-bytes.ts";
import type { Json, JsonObject } from "./json.ts";
import { Step, type Plan } from "./plan.ts";
import type { Tool } from "./tool.ts";

/** Digest of bytes, which it must not keep: 64 lower-case hex characters. Core has no crypto of its own. */
export type Sha256 = (utf8: Uint8Array) => string;

/**
 * Names a plan: same graph and same tool schemas, same hash. Titles and keys count, because people read and name them.
 * Each step is represented by its own hash, so that a thousand steps are written out once and not twice.
 * @param plan  a parsed plan, defaults written out; node ids, the compiler's version and the hash itself are left out
 * @throws only what `sha256` throws
 */
export function planHashOf(plan: Omit<Plan, "planHash">, sha256: Sha256): string {
  const steps = plan.steps.map(({ stepHash }) => stepHash);
  const triggers = plan.triggers.map(({ nodeId: _, ...trigger }) => trigger);
  return sha256(canonicalBytes({ ...plan, steps, triggers, planHash: undefined, compiler: undefined }));
}

const writer = new CanonicalWriter();

/** Names a step's meaning: everything but its own hash and its node's id. */
export function stepHashOf(step: Omit<Step, "stepHash">, sha256: Sha256): string {
  writer.start();
  // Every step has a config, which comes first.
  for (const { name, text } of hashed) {
    const value = step[name];
    if (value === undefined) continue;
    writer.ascii(text);
    writeField(name, value);
  }
  writer.ascii("}");
  return sha256(writer.bytes());
}

/** In the order of the canonical text, with what stands before each. */
const hashed = Step.keyof()
  .options.filter((name) => name !== "nodeId" && name !== "stepHash")
  .sort()
  .map((name, n) => ({ name, text: `${n === 0 ? "{" : ","}"${name}":` }));

const frozen = new WeakMap<object, Uint8Array>();

/** What is frozen is the same for many steps, a kind's policy or ports, and is turned into bytes once. */
function writeField(name: string, value: Json): void {
  if (typeof value !== "object" || value === null) writer.value(value);
  else if (!Object.isFrozen(value)) {
    if (name === "outputs" && !Array.isArray(value)) writePorts(value);
    else writer.value(value);
  } else {
    let bytes = frozen.get(value);
    if (!bytes) frozen.set(value, (bytes = canonicalBytes(value).slice()));
    writer.copy(bytes);
  }
}

function writePorts(outputs: JsonObject): void {
  let before = "{";
  for (const port of Object.keys(outputs).sort()) {
    writer.ascii(before);
    writer.value(port);
    writer.ascii(":");
    writeField(port, outputs[port] ?? null);
    before = ",";
  }
  writer.ascii(before === "{" ? "{}" : "}");
}

/** Names what a tool promises: a tool with another description or schema is another tool. */
export function toolHashOf(
  tool: Pick<Tool, "name" | "description" | "inputSchema" | "outputSchema" | "annotations">,
  sha256: Sha256,
): string {
  const { name, description, inputSchema, outputSchema, annotations } = tool;
  return sha256(canonicalBytes({ name, description, inputSchema, outputSchema, annotations }));
}
