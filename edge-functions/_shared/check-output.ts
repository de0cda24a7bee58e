// Decides whether an output fits the ports the plan promised.
import { StepError } from "../../src/core/failure.ts";
import type { JsonObject, Schema } from "../../src/core/json.ts";
import type { Verifier } from "../../src/core/plan.ts";
import { validateJson, type SchemaViolation } from "../../src/core/validate.ts";
import type { ClaimedStep } from "../../src/core/worker.ts";

type Ports = ClaimedStep["outputs"];

const MOST_SCHEMAS = 1_000;
const schemas = new Map<string, Schema>();

/** One object for equal schemas: each claim brings its own copy, and preparing one costs more than checking a value. */
export function sameSchema(schema: Schema): Schema {
  const text = JSON.stringify(schema);
  const known = schemas.get(text);
  if (known) return known;
  if (schemas.size >= MOST_SCHEMAS) schemas.clear();
  schemas.set(text, schema);
  return schema;
}

/** What is wrong with the output by the plan's port schemas; paths begin with the port. */
export function portErrors(output: JsonObject, ports: Ports): SchemaViolation[] {
  return Object.entries(output).flatMap(([port, value]) => {
    const schema = ports[port];
    if (schema === undefined) return [{ path: port, message: "the plan has no such output" }];
    if (Object.keys(schema).every((word) => word.startsWith("x-") || word === "title")) return [];
    const answer = validateJson(sameSchema(schema), value);
    if (answer.ok) return [];
    return answer.errors.map(({ path, message }) => ({ path: joinPath(port, path), message }));
  });
}

/** @throws StepError `validation`/`output_invalid` naming the ports and what is wrong with them */
export function checkPorts(output: JsonObject, ports: Ports): void {
  const errors = portErrors(output, ports);
  if (errors.length === 0) return;
  throw new StepError(
    "validation",
    "output_invalid",
    `The output is not what the plan promised: ${listErrors(errors)}.`,
    {
      hint: "Correct the node's schema, or what it calls.",
    },
  );
}

/** True for the check of the ports that the compiler adds to steps which reach outside. */
export function isPortsVerifier({ kind, config }: Verifier): boolean {
  return kind === "json_schema" && config.schema === undefined && config.target === "outputs";
}

function joinPath(port: string, path: string): string {
  return path === "" || path.startsWith("[") ? port + path : `${port}.${path}`;
}

/** The first few errors in one line. */
export function listErrors(errors: readonly { path: string; message: string }[]): string {
  return errors
    .slice(0, 3)
    .map(({ path, message }) => (path === "" ? message : `${path}: ${message}`))
    .join("; ");
}
