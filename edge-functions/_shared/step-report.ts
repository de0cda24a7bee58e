// Says what became of an attempt, in the form the engine takes. The only place where a failure becomes a RunError.
import { canonicalJson } from "../../src/core/canonical.ts";
import type { Parked } from "../../src/core/capabilities.ts";
import { resolveBinding } from "../../src/core/expression.ts";
import { StepError } from "../../src/core/failure.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { ClaimedStep, ProofDraft, StepReport } from "../../src/core/worker.ts";
import type { AttemptRecord } from "./attempt-record.ts";
import type { BlobStore } from "./blob-store.ts";
import { toRunError } from "./run-error.ts";
import { sha256 } from "./sha256.ts";
import type { Stopped } from "./stop.ts";
import { requireShallow, storable, toStored, toStoredFields } from "./stored.ts";

export type Outcome =
  | { outcome: "succeeded"; output: JsonObject; port?: string; proofs: ProofDraft[] }
  | { outcome: "skipped" }
  /** `output` is kept for the end of the wait. */
  | { outcome: "parked"; park: Parked["$park"]; output?: JsonObject }
  | { outcome: "failed"; error: unknown; output?: JsonObject; proofs?: ProofDraft[] };

/** What is known before the node runs; kept for the report whatever happens then. */
export interface Progress {
  scope: JsonObject;
  inputs?: JsonObject;
  /** True once the start marker is committed: from then on a repeat might be seen. */
  marked: boolean;
}

/** The outcome as the engine takes it: redacted, with large values moved to files and the fallback worked out. */
export async function finishedReport(
  step: ClaimedStep,
  outcome: Outcome,
  blobs: BlobStore,
  record: AttemptRecord,
  progress: Progress,
): Promise<StepReport> {
  const { redactor } = record;
  const keep = async (value: Json) => {
    requireShallow(value);
    const safe = redactor.json(value);
    const isObject = safe !== null && typeof safe === "object" && !Array.isArray(safe);
    return isObject ? await toStoredFields(safe, step, blobs) : await toStored(safe, step, blobs);
  };
  try {
    const inputs = progress.inputs === undefined ? {} : { inputs: await keep(progress.inputs) };
    const base = { ...attemptOf(step), ...record.report(), ...inputs };
    if (outcome.outcome === "skipped") return { ...base, outcome: "skipped" };
    if (outcome.outcome === "parked")
      return {
        ...base,
        outcome: "parked",
        park: await keepPark(redactor.json(outcome.park), step, blobs),
        ...(outcome.output === undefined ? {} : { output: await keepOutput(step, outcome.output, keep) }),
      };
    if (outcome.outcome === "succeeded") {
      const { output, port } = outcome;
      const proofs = redactProofs(outcome.proofs, record);
      return {
        ...base,
        outcome: "succeeded",
        output: await keepOutput(step, output, keep),
        proofs,
        ...(port === undefined ? {} : { port }),
      };
    }
    const error = toRunError(outcome.error, redactor, step.stepKey);
    const fallback = fallbackOutput(step, progress.scope, record);
    const output = fallback ?? outcome.output;
    const unclear = progress.marked && isUnclear(outcome.error);
    return {
      ...base,
      ...record.report(),
      outcome: "failed",
      error,
      proofs: redactProofs(outcome.proofs ?? [], record),
      ...(output === undefined ? {} : { output: await keep(output) }),
      ...(fallback === undefined ? {} : { outputIsFallback: true }),
      ...(unclear ? { waitingFor: { kind: "reconcile" } } : {}),
    };
  } catch (error) {
    // The outcome cannot be kept, so the attempt has failed: with the same rules, and nothing large in the report.
    const unclear = progress.marked ? { waitingFor: { kind: "reconcile" as const } } : {};
    return {
      ...attemptOf(step),
      ...record.report(),
      outcome: "failed",
      error: toRunError(error, redactor, step.stepKey),
      ...unclear,
    };
  }
}

/**
 * What a run that is waited for is given may be large too. A detached one may outlive this run and its files, so its input
 * goes as it is.
 */
async function keepPark(
  park: Parked["$park"],
  step: ClaimedStep,
  blobs: BlobStore,
): Promise<Parked["$park"]> {
  if (park.for !== "run" || park.detach) return park;
  const { input } = park;
  if (input === null || typeof input !== "object" || Array.isArray(input)) return park;
  return { ...park, input: await toStoredFields(input, step, blobs) };
}

/** An item's value is kept apart from its wrapper, so that the collector can list it without opening it. */
async function keepOutput(
  step: ClaimedStep,
  output: JsonObject,
  keep: (value: Json) => Promise<Json>,
): Promise<Json> {
  if (step.role === "item") return { value: await keep(output.value ?? null) };
  if (step.role === "turn") return { value: await keep(output.value ?? null), done: output.done ?? false };
  if (step.role === "split" && Array.isArray(output.items)) {
    return { items: await Promise.all(output.items.map(keep)) };
  }
  return await keep(output);
}

function fallbackOutput(step: ClaimedStep, scope: JsonObject, record: AttemptRecord): JsonObject | undefined {
  if (step.fallback === undefined || step.fallback === null) return undefined;
  try {
    return asObject(resolveBinding(step.fallback, scope));
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    record.write("error", `The fallback could not be worked out: ${error.message}`);
    return undefined;
  }
}

/** The report of an attempt that ended early; undefined when the lease is lost and it is not ours to report. */
export function stoppedReport(
  step: ClaimedStep,
  { reason }: Stopped,
  record: AttemptRecord,
  progress: Progress,
): StepReport | undefined {
  if (reason === "lost") return undefined;
  const base = { ...attemptOf(step), ...record.report() };
  if (!progress.marked) return { ...base, outcome: reason };
  // Handing over would start it again, so an attempt whose call was under way ends as lost and a person decides.
  const handedOver = reason === "handed_over";
  return {
    ...base,
    outcome: handedOver ? "failed" : "cancelled",
    waitingFor: { kind: "reconcile" },
    error: {
      class: handedOver ? "lost" : "cancelled",
      code: "outcome_unknown",
      message: "The call was under way when the step was stopped, so nobody knows whether it took effect.",
      hint: "Look at the other side, then say whether to count it as done.",
    },
  };
}

/** After the start marker these leave open whether the call took effect; everything else is a clear refusal. */
function isUnclear(error: unknown): boolean {
  if (!(error instanceof StepError)) return true;
  if (error.errorClass === "timeout") return true;
  if (error.errorClass !== "transient") return false;
  const { detail } = error.facts;
  const reason =
    detail !== null && typeof detail === "object" && !Array.isArray(detail) ? detail["reason"] : undefined;
  return reason !== "dns" && reason !== "refused" && reason !== "unreachable";
}

function attemptOf({ runId, stepKey, itemPath, attempt }: ClaimedStep) {
  return { runId, stepKey, itemPath, attempt };
}

function redactProofs(proofs: ProofDraft[], { redactor }: AttemptRecord): ProofDraft[] {
  return proofs.map((proof) => {
    const evidence = storable(redactor.json(proof.evidence));
    return { ...proof, evidence, evidenceHash: sha256(canonicalJson(evidence)) };
  });
}

/** @throws StepError `validation`/`output_invalid` when it is not an object */
export function asObject(value: Json): JsonObject {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  throw new StepError(
    "validation",
    "output_invalid",
    "An output is an object with one field per port, and this is not one.",
    {
      hint: 'Give an object such as { "value": 1 }.',
    },
  );
}
