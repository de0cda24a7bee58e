// Decides whether an output is what the plan promised: the ports' schemas first, then the step's verifiers.
import { canonicalJson } from "../../src/core/canonical.ts";
import { evaluateExpression } from "../../src/core/expression.ts";
import { readPath } from "../../src/core/expression/path.ts";
import { StepError } from "../../src/core/failure.ts";
import type { Json, JsonObject, Schema } from "../../src/core/json.ts";
import type { Verifier } from "../../src/core/plan.ts";
import { validateJson, type SchemaViolation } from "../../src/core/validate.ts";
import type { ClaimedStep, ProofDraft } from "../../src/core/worker.ts";
import { sha256 } from "./sha256.ts";

const EVIDENCE_LIMIT = 32 * 1024;

type Ports = ClaimedStep["outputs"];

const MOST_SCHEMAS = 1_000;
const schemas = new Map<string, Schema>();

/** One object for equal schemas: each claim brings its own copy, and preparing one costs more than checking a value. */
function sameSchema(schema: Schema): Schema {
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

/**
 * Runs every verifier of the step, also after one has failed, so that people see all findings at once.
 * @param scope what the step could read; `output` is added
 */
export function runVerifiers(
  { verifiers, outputs }: Pick<ClaimedStep, "verifiers" | "outputs">,
  output: JsonObject,
  scope: JsonObject,
): ProofDraft[] {
  return verifiers.map((verifier) => {
    const { name, kind, required } = verifier;
    const { verdict, evidence } = isPortsVerifier(verifier)
      ? portsFinding(portErrors(output, outputs), Object.keys(outputs))
      : runVerifier(verifier, output, scope);
    return {
      verifier: name,
      kind,
      required,
      verdict,
      evidence,
      evidenceHash: sha256(canonicalJson(evidence)),
    };
  });
}

type Finding = Pick<ProofDraft, "verdict" | "evidence">;

function runVerifier(verifier: Verifier, output: JsonObject, scope: JsonObject): Finding {
  try {
    if (verifier.kind === "json_schema") return checkSchema(verifier.config, output);
    if (verifier.kind === "expr") return checkExpr(verifier.config, { ...scope, output });
    return { verdict: "error", evidence: { reason: `Verifiers of kind ${verifier.kind} cannot run yet.` } };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return { verdict: "error", evidence: { reason: error.message } };
  }
}

function portsFinding(errors: SchemaViolation[], ports: string[]): Finding {
  const shown = errors.slice(0, 20).map(({ path, message }) => ({ path, message }));
  return { verdict: errors.length === 0 ? "passed" : "failed", evidence: { ports, errors: shown } };
}

function checkSchema({ schema, target }: JsonObject, output: JsonObject): Finding {
  if (schema === null || typeof schema !== "object" || Array.isArray(schema)) {
    return { verdict: "error", evidence: { reason: "The verifier has no schema." } };
  }
  const place = typeof target === "string" && target !== "" ? target : undefined;
  const value: Json =
    place === undefined
      ? output
      : readPath(place.startsWith("output") ? place : `output.${place}`, { output });
  const answer = validateJson(sameSchema(schema), value);
  const shown = { schema, ...(place === undefined ? {} : { target: place }) };
  if (answer.ok) return { verdict: "passed", evidence: small({ ...shown, errors: [] }) };
  const errors = answer.errors.slice(0, 20).map(({ path, message }) => ({ path, message }));
  return { verdict: "failed", evidence: small({ ...shown, errors }) };
}

function checkExpr({ expr }: JsonObject, scope: JsonObject): Finding {
  if (typeof expr !== "string")
    return { verdict: "error", evidence: { reason: "The verifier has no expression." } };
  const value = evaluateExpression(expr, scope);
  return { verdict: value === true ? "passed" : "failed", evidence: small({ expr, value }) };
}

/** @returns the failure that a failed required verifier is, or undefined when all of those passed */
export function verificationFailure(proofs: readonly ProofDraft[]): StepError | undefined {
  const failed = proofs.filter((proof) => proof.required && proof.verdict !== "passed");
  if (failed.length === 0) return undefined;
  const names = failed.map((proof) => proof.verifier).join(", ");
  return new StepError("verification", "verifier_failed", `The output did not pass: ${names}.`, {
    hint: "The output is kept. Read the evidence, then correct the node or the check.",
    detail: failed.map(({ verifier, verdict }) => ({ verifier, verdict })),
  });
}

function small(evidence: JsonObject): JsonObject {
  return JSON.stringify(evidence).length <= EVIDENCE_LIMIT
    ? evidence
    : { reason: "The evidence was too large to keep." };
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
