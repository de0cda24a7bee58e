// Says what became of an attempt, in the form the engine takes. The only place where a failure becomes a RunError.
import { canonicalJson } from "../../src/core/canonical.ts";
import { resolveBinding } from "../../src/core/expression.ts";
import { StepError } from "../../src/core/failure.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { ClaimedStep, KeptChecks, Park, ProofDraft, StepReport } from "../../src/core/worker.ts";
import type { AttemptRecord } from "./attempt-record.ts";
import type { BlobStore } from "./blob-store.ts";
import { toRunError } from "./run-error.ts";
import { sha256 } from "./sha256.ts";
import type { Stopped } from "./stop.ts";
import { requireShallow, storable, toStored, toStoredFields } from "./stored.ts";

/** `kept` is there when the work stands although the step has not succeeded. */
export type Outcome =
  | { outcome: "succeeded"; output: JsonObject; port?: string }
  | { outcome: "skipped" }
  | { outcome: "parked"; park: Park; output?: JsonObject; kept?: KeptChecks }
  | { outcome: "handed_over"; output: JsonObject; kept: KeptChecks }
  | { outcome: "failed"; error: unknown; output?: JsonObject; kept?: KeptChecks };

/** Finished work and how far its checks are. */
export interface Standing {
  output: JsonObject;
  kept: KeptChecks;
}

/** What is known before the attempt ends; kept for the report whatever happens then. */
export interface Progress {
  scope: JsonObject;
  inputs?: JsonObject;
  /** True once the start marker is committed: from then on a repeat might be seen. */
  marked: boolean;
  /** Set once the work is done. */
  standing?: Standing;
  proofs: ProofDraft[];
}

type Keep = (value: Json) => Promise<Json>;

/** The outcome as the engine takes it: redacted, with large values moved to files and the fallback worked out. */
export async function finishedReport(
  step: ClaimedStep,
  outcome: Outcome,
  blobs: BlobStore,
  record: AttemptRecord,
  progress: Progress,
): Promise<StepReport> {
  const { redactor } = record;
  const keep: Keep = async (value) => {
    requireShallow(value);
    const safe = redactor.json(value);
    const isObject = safe !== null && typeof safe === "object" && !Array.isArray(safe);
    return isObject ? await toStoredFields(safe, step, blobs) : await toStored(safe, step, blobs);
  };
  try {
    const inputs = progress.inputs === undefined ? {} : { inputs: await keep(progress.inputs) };
    const base = { ...attemptOf(step), ...inputs };
    const result = await resultOf(step, outcome, { keep, blobs }, record, progress);
    const proofs = redactProofs(progress.proofs, record, "output" in result ? result.output : undefined);
    return { ...base, ...record.report(), ...result, proofs };
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
async function keepPark(park: Park, step: ClaimedStep, blobs: BlobStore): Promise<Park> {
  if (park.for !== "run" || park.detach) return park;
  const { input } = park;
  if (input === null || typeof input !== "object" || Array.isArray(input)) return park;
  return { ...park, input: await toStoredFields(input, step, blobs) };
}

type Result = Pick<
  StepReport,
  "outcome" | "output" | "checks" | "port" | "park" | "error" | "outputIsFallback" | "waitingFor"
>;

async function resultOf(
  step: ClaimedStep,
  outcome: Outcome,
  { keep, blobs }: { keep: Keep; blobs: BlobStore },
  record: AttemptRecord,
  progress: Progress,
): Promise<Result> {
  if (outcome.outcome === "skipped") return { outcome: "skipped" };
  if (outcome.outcome === "succeeded") {
    const { output, port } = outcome;
    const kept = await keepOutput(step, output, keep);
    return { outcome: "succeeded", output: kept, ...(port === undefined ? {} : { port }) };
  }
  const stands = outcome.kept && { checks: outcome.kept };
  const output = outcome.output && { output: await keepOutput(step, outcome.output, keep) };
  if (outcome.outcome === "handed_over") return { outcome: "handed_over", ...output, ...stands };
  if (outcome.outcome === "parked") {
    const park = await keepPark(record.redactor.json(outcome.park), step, blobs);
    // People are shown the output as it is kept.
    const shown =
      park.for === "approval" && park.purpose === "verifier" && output ? { payload: output.output } : {};
    return { outcome: "parked", park: { ...park, ...shown }, ...output, ...stands };
  }
  const error = toRunError(outcome.error, record.redactor, step.stepKey);
  const fallback = fallbackOutput(step, progress.scope, record);
  const unclear = progress.marked && progress.standing === undefined && isUnclear(outcome.error);
  return {
    outcome: "failed",
    error,
    ...(fallback === undefined ? { ...output, ...stands } : await spare(fallback, output, stands, keep)),
    ...(unclear ? { waitingFor: { kind: "reconcile" } } : {}),
  };
}

/** Where the work stands its output stays in its place, and the fallback is for when no attempt is left. */
async function spare(
  fallback: JsonObject,
  output: { output: Json } | undefined,
  stands: { checks: KeptChecks } | undefined,
  keep: Keep,
): Promise<Pick<StepReport, "output" | "checks" | "outputIsFallback">> {
  const kept = await keep(fallback);
  return stands
    ? { ...output, checks: { ...stands.checks, fallback: kept }, outputIsFallback: true }
    : { output: kept, outputIsFallback: true };
}

/** An item's value is kept apart from its wrapper, so that the collector can list it without opening it. */
async function keepOutput(step: ClaimedStep, output: JsonObject, keep: Keep): Promise<Json> {
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
export async function stoppedReport(
  step: ClaimedStep,
  { reason }: Stopped,
  blobs: BlobStore,
  record: AttemptRecord,
  progress: Progress,
): Promise<StepReport | undefined> {
  if (reason === "lost") return undefined;
  const { standing } = progress;
  if (standing) {
    const report = await finishedReport(
      step,
      { outcome: "handed_over", ...standing },
      blobs,
      record,
      progress,
    );
    // The work is done and known; a run that is cancelled keeps it for the day somebody resumes it.
    return report.outcome === "handed_over" ? { ...report, outcome: reason } : report;
  }
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

/** Proofs as they are kept: redacted, and naming the stored output they speak of, which ties the chain to it. */
function redactProofs(
  proofs: ProofDraft[],
  { redactor }: AttemptRecord,
  output: Json | undefined,
): ProofDraft[] {
  if (proofs.length === 0) return proofs;
  const about: JsonObject = output === undefined ? {} : { outputHash: sha256(canonicalJson(output)) };
  return proofs.map((proof) => {
    const evidence = { ...asObject(storable(redactor.json(proof.evidence))), ...about };
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
