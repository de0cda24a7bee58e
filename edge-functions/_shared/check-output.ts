// Decides whether an output is what the plan promised: the ports' schemas first, then the step's verifiers.
import { canonicalJson } from "../../src/core/canonical.ts";
import { evaluateExpression } from "../../src/core/expression.ts";
import { readPath } from "../../src/core/expression/path.ts";
import { StepError } from "../../src/core/failure.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { Verifier } from "../../src/core/plan.ts";
import { validateJson } from "../../src/core/validate.ts";
import type { ClaimedStep, ProofDraft } from "../../src/core/worker.ts";
import { sha256 } from "./sha256.ts";

const EVIDENCE_LIMIT = 32 * 1024;

/** @throws StepError `validation`/`output_invalid` naming the port and what is wrong with it */
export function checkPorts(output: JsonObject, ports: ClaimedStep["outputs"]): void {
  for (const [port, value] of Object.entries(output)) {
    const schema = ports[port];
    if (schema === undefined) throw invalid(port, "the plan has no such output");
    if (Object.keys(schema).every((word) => word.startsWith("x-") || word === "title")) continue;
    const answer = validateJson(schema, value);
    if (!answer.ok) throw invalid(port, listErrors(answer.errors));
  }
}

/**
 * Runs every verifier of the step, also after one has failed, so that people see all findings at once.
 * @param scope what the step could read; `output` is added
 */
export function runVerifiers(
  verifiers: readonly Verifier[],
  output: JsonObject,
  scope: JsonObject,
): ProofDraft[] {
  return verifiers.map((verifier) => {
    const { name, kind, required } = verifier;
    const { verdict, evidence } = runVerifier(verifier, output, scope);
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

function checkSchema({ schema, target }: JsonObject, output: JsonObject): Finding {
  if (schema === null || typeof schema !== "object" || Array.isArray(schema)) {
    return { verdict: "error", evidence: { reason: "The verifier has no schema." } };
  }
  const place = typeof target === "string" && target !== "" ? target : undefined;
  const value: Json =
    place === undefined
      ? output
      : readPath(place.startsWith("output") ? place : `output.${place}`, { output });
  const answer = validateJson(schema, value);
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

function invalid(port: string, why: string): StepError {
  return new StepError(
    "validation",
    "output_invalid",
    `The output "${port}" is not what the plan promised: ${why}.`,
    {
      hint: "Correct the node's schema, or what it calls.",
    },
  );
}

/** The first few errors in one line. */
export function listErrors(errors: readonly { path: string; message: string }[]): string {
  return errors
    .slice(0, 3)
    .map(({ path, message }) => (path === "" ? message : `${path}: ${message}`))
    .join("; ");
}
