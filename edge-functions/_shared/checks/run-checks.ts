// Runs the checks of an output: what the attempt can say by itself first, then what lies outside, people last.
import { z } from "zod";
import { canonicalJson } from "../../../src/core/canonical.ts";
import { StepError } from "../../../src/core/failure.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Verifier } from "../../../src/core/plan.ts";
import { verifierKinds } from "../../../src/core/verifier-kinds.ts";
import type { ClaimedStep, KeptChecks, Park, ProofDraft } from "../../../src/core/worker.ts";
import { isPortsVerifier, portErrors } from "../check-output.ts";
import { PutOff } from "../put-off.ts";
import { sha256 } from "../sha256.ts";
import { Stopped, untilStopped } from "../stop.ts";
import { askPeople } from "./ask-people.ts";
import { checkChecksum } from "./check-checksum.ts";
import { checkHttp } from "./check-http.ts";
import { checkExpr, checkSchema } from "./check-output-value.ts";
import { checkSql } from "./check-sql.ts";
import type { CheckMeans, Finding, Ruling, Subject } from "./check.ts";
import { judgeOutput } from "./judge-output.ts";

export interface ChecksWorld {
  /** Aborted when the attempt is to end; checks have time limits of their own. */
  signal: AbortSignal;
  means(verifier: Verifier, signal: AbortSignal): CheckMeans;
  /** Told of each proof, so that an attempt that ends early reports what it has. */
  onProof(proof: ProofDraft): void;
}

/** What the checks come to. `kept` is what the next attempt needs when they are not over. */
export type Checked =
  | { is: "passed" }
  | { is: "failed"; error: StepError; workStands: boolean }
  | { is: "unreachable"; error: StepError }
  | { is: "parked"; park: Park };

type CheckedStep = Pick<ClaimedStep, "verifiers" | "outputs" | "title" | "workspaceId">;

/** True when a check of the step reaches outside the attempt, so that it may take long or fail by itself. */
export function checksReachOutside({ verifiers }: Pick<ClaimedStep, "verifiers">): boolean {
  return verifiers.some(({ kind }) => verifierKinds[kind].outside);
}

/**
 * Carries out every check that has not ruled yet, also after one has failed, so that people see all findings at once. People are asked
 * only about what passed the rest.
 * @param scope what the step could read
 * @param kept  is brought up to date
 * @throws Stopped when the attempt is to end
 */
export async function runChecks(
  step: CheckedStep,
  output: JsonObject,
  scope: JsonObject,
  kept: KeptChecks,
  world: ChecksWorld,
): Promise<Checked> {
  const ruled = new Set(kept.done.map(({ verifier }) => verifier));
  const open = step.verifiers.filter(({ name }) => !ruled.has(name));
  const [people, others] = [open.filter(isAsked), open.filter((one) => !isAsked(one))];
  const ordered = others.toSorted((a, b) => Number(reachesOutside(a)) - Number(reachesOutside(b)));
  const away: { verifier: Verifier; error: StepError }[] = [];
  const waits: { verifier: string; afterMs: number }[] = [];
  for (const verifier of ordered) {
    const ruling = await rule(step, verifier, output, scope, kept, world);
    if (ruling instanceof StepError) {
      keep(
        verifier,
        { verdict: "error", evidence: { reason: ruling.message, code: ruling.code } },
        kept,
        world,
        verifier.required,
      );
      if (verifier.required) away.push({ verifier, error: ruling });
    } else if ("later" in ruling) {
      kept.polls[verifier.name] = ruling.later.poll;
      waits.push({ verifier: verifier.name, afterMs: ruling.later.afterMs });
    } else if ("verdict" in ruling) keep(verifier, ruling, kept, world);
  }
  const failure = failureOf(kept);
  if (failure) return failure;
  const first = away[0];
  if (first) return { is: "unreachable", error: unreachable(first.verifier, first.error) };
  const next = waits.toSorted((a, b) => a.afterMs - b.afterMs)[0];
  if (next) return { is: "parked", park: { for: "check", ...next } };
  for (const verifier of people) {
    const ruling = await rule(step, verifier, output, scope, kept, world);
    if (ruling instanceof StepError || "later" in ruling) continue;
    if ("ask" in ruling) {
      kept.asking = verifier.name;
      return { is: "parked", park: ruling.ask };
    }
    keep(verifier, ruling, kept, world);
  }
  return failureOf(kept) ?? { is: "passed" };
}

const reachesOutside = ({ kind }: Verifier) => verifierKinds[kind].outside;
const isAsked = ({ kind }: Verifier) => kind === "approval";

/** The ruling, or the reason why it could not be reached. */
async function rule(
  step: CheckedStep,
  verifier: Verifier,
  output: JsonObject,
  scope: JsonObject,
  kept: KeptChecks,
  world: ChecksWorld,
): Promise<Ruling | StepError> {
  const { name } = verifier;
  if (isPortsVerifier(verifier)) return portsFinding(step, output);
  const subject: Subject = {
    name,
    title: step.title,
    workspaceId: step.workspaceId,
    output,
    scope: { ...scope, output },
    poll: kept.polls[name],
    answer: kept.answers[name],
  };
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(late(verifier)), Math.min(verifier.timeoutMs, 2 ** 31 - 1));
  const signal = AbortSignal.any([world.signal, limit.signal]);
  try {
    return await untilStopped(carryOut(verifier, subject, world.means(verifier, signal)), signal);
  } catch (cause) {
    if (world.signal.aborted) throw world.signal.reason;
    if (cause instanceof PutOff || cause instanceof Stopped) throw cause;
    const error = asFailure(limit.signal.aborted ? limit.signal.reason : cause);
    if (["transient", "rate_limited", "timeout"].includes(error.errorClass)) return error;
    return { verdict: "error", evidence: { reason: error.message, code: error.code } };
  } finally {
    clearTimeout(timer);
  }
}

/** What was not foreseen counts as a check that could not be made: the work must not be repeated for it. */
function asFailure(error: unknown): StepError {
  if (error instanceof StepError) return error;
  if (error instanceof z.ZodError)
    return new StepError(
      "validation",
      "check_invalid",
      `The check's settings are not understood: ${z.prettifyError(error)}`,
    );
  const said = error instanceof Error ? error.message : String(error);
  return new StepError("transient", "unexpected", `something unforeseen went wrong: ${said}`, {
    cause: error,
  });
}

async function carryOut(verifier: Verifier, subject: Subject, means: CheckMeans): Promise<Ruling> {
  const { kind, config } = verifier;
  if (kind === "json_schema") return checkSchema(config, subject);
  if (kind === "expr") return checkExpr(config, subject);
  if (kind === "http") return await checkHttp(config, subject, means);
  if (kind === "checksum") return await checkChecksum(config, subject, means);
  if (kind === "sql") return await checkSql(config, subject, means);
  if (kind === "llm_judge") return await judgeOutput(config, subject, means);
  return askPeople(config, subject);
}

function portsFinding({ outputs }: CheckedStep, output: JsonObject): Finding {
  const errors = portErrors(output, outputs);
  const shown = errors.slice(0, 20).map(({ path, message }) => ({ path, message }));
  return {
    verdict: errors.length === 0 ? "passed" : "failed",
    evidence: { ports: Object.keys(outputs), errors: shown },
  };
}

/** @param retried a check that could not reach its target has left a proof, but has not ruled */
function keep(
  { name, kind, required }: Verifier,
  { verdict, evidence, score }: Finding,
  kept: KeptChecks,
  world: ChecksWorld,
  retried = false,
): void {
  if (!retried) kept.done.push({ verifier: name, verdict, required });
  const evidenceHash = sha256(canonicalJson(evidence));
  const proof = { verifier: name, kind, required, verdict, evidence, evidenceHash };
  world.onProof(score === undefined ? proof : { ...proof, score });
}

/** A failed required check ends the step. A check that went wrong by itself says nothing about the work, which then stands. */
function failureOf({ done }: KeptChecks): Checked | undefined {
  const failed = done.filter(({ required, verdict }) => required && verdict !== "passed");
  if (failed.length === 0) return undefined;
  const names = failed.map(({ verifier }) => verifier);
  const error = new StepError(
    "verification",
    "verifier_failed",
    `The output did not pass: ${names.join(", ")}.`,
    {
      hint: "The output is kept. Read the evidence, then correct the node or the check.",
      detail: failed.map(({ verifier, verdict }) => ({ verifier, verdict })),
    },
  );
  return { is: "failed", error, workStands: failed.every(({ verdict }) => verdict === "error") };
}

function unreachable({ name }: Verifier, error: StepError): StepError {
  const { retryAfterMs, snippet } = error.facts;
  return new StepError(
    error.errorClass,
    "check_unreachable",
    `The work is done, but the check ${name} could not be made: ${error.message}`,
    {
      hint: "Only the check is repeated; the output is kept.",
      detail: { verifier: name, code: error.code },
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(snippet === undefined ? {} : { snippet }),
      cause: error,
    },
  );
}

function late({ name, timeoutMs }: Verifier): StepError {
  return new StepError("timeout", "timeout", `${name} did not answer within ${timeoutMs / 1_000} s.`);
}
