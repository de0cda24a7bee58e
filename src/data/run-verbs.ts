// The commands on runs; each is one verb of the database.
import { z } from "zod";
import { ItemPath, Uuid, type Json, type JsonObject } from "../core/json.ts";
import { Budgets, Effect } from "../core/plan.ts";
import { RunStatus, type RetryMode, type RunMode } from "../core/run.ts";
import { callVerb, camelRow } from "./request.ts";

export interface StartOptions {
  /** A number, or "live". */
  version?: number | "live";
  lane?: string;
  session?: string;
  priority?: number;
  idempotencyKey?: string;
  mode?: RunMode;
  title?: string;
}

const Started = z.preprocess(camelRow, z.looseObject({ runId: Uuid, existing: z.boolean().default(false) }));
export type StartedRun = z.infer<typeof Started>;

/** `existing` is true when the idempotency key named a run that was started before. @throws DataError */
export function startRun(
  workflowId: string,
  input: JsonObject = {},
  options: StartOptions = {},
): Promise<StartedRun> {
  const { idempotencyKey, ...rest } = options;
  return callVerb(Started, "start_run", {
    workflow: workflowId,
    input,
    options: { ...rest, ...(idempotencyKey === undefined ? {} : { idempotency_key: idempotencyKey }) },
  });
}

/** Running steps get 10 s to stop. @throws DataError */
export function cancelRun(runId: string): Promise<{ status: RunStatus }> {
  return callVerb(z.looseObject({ status: RunStatus }), "cancel_run", { run: runId });
}

/** What is under way ends; nothing else of the run starts until it is resumed. @throws DataError */
export function pauseRun(runId: string): Promise<{ status: RunStatus }> {
  return callVerb(z.looseObject({ status: RunStatus }), "pause_run", { run: runId });
}

/** Lets a paused run go on. @throws DataError */
export function resumeRun(runId: string): Promise<{ status: RunStatus }> {
  return callVerb(z.looseObject({ status: RunStatus }), "resume_run", { run: runId });
}

/** Adds amounts to a run's budgets; steps that wait for them go on. @throws DataError */
export function topUpRun(runId: string, added: Budgets): Promise<{ budgets: Budgets }> {
  return callVerb(z.looseObject({ budgets: Budgets }), "top_up_run", { run: runId, budgets: added });
}

export interface RetryRequest {
  mode: RetryMode;
  /** For from_step: where to start again. */
  step?: string | undefined;
  /** For restart the run's input, for from_step the inputs of the step. */
  input?: JsonObject | undefined;
  version?: number | "live" | undefined;
  /** About effects that must not happen twice, by step. */
  decisions?: Readonly<Record<string, RetryDecision>> | undefined;
}

/** Repeat the effect, or take the old output as the step's result. */
export const RetryDecision = z.enum(["do_it_again", "treat_as_done"]);
export type RetryDecision = z.infer<typeof RetryDecision>;

const Retried = z.preprocess(camelRow, z.looseObject({ runId: Uuid, mode: z.string() }));

/** `runId` is the same run for resume, a new one otherwise. @throws DataError */
export function retryRun(
  runId: string,
  { mode, step, input, version, decisions }: RetryRequest,
): Promise<z.infer<typeof Retried>> {
  return callVerb(Retried, "retry_run", {
    run: runId,
    mode,
    step: step ?? null,
    input: input ?? null,
    version: version === undefined ? null : String(version),
    decisions: decisions ?? {},
  });
}

const PreviewStep = z.preprocess(
  camelRow,
  z.looseObject({
    step: z.string(),
    itemPath: ItemPath.default([]),
    title: z.string().default(""),
    effect: Effect.optional(),
  }),
);

export const RetryPreview = z.looseObject({
  makes: z.enum(["same_run", "new_run"]),
  version: z.int(),
  rerun: z.array(PreviewStep),
  reused: z.array(PreviewStep).default([]),
  flagged: z.array(PreviewStep).default([]),
  effects: z
    .array(
      z.looseObject({
        step: z.string(),
        effect: Effect,
        prior: z.unknown(),
        verdict: z.enum(["safe", "deduplicated", "repeats", "decision"]),
        asks: z.boolean().default(false),
        choices: z.array(RetryDecision).default([]),
      }),
    )
    .default([]),
  estimate: z.looseObject({
    steps: z.int(),
    unknown: z.int(),
    activeMs: z.number(),
    costUsd: z.number(),
  }),
});
export type RetryPreview = z.infer<typeof RetryPreview>;

/** What a retry would run again, reuse and repeat outside, without doing it. @throws DataError */
export function retryPreview(
  runId: string,
  { mode, step, version, decisions }: Omit<RetryRequest, "input">,
): Promise<RetryPreview> {
  return callVerb(RetryPreview, "retry_preview", {
    run: runId,
    mode,
    step: step ?? null,
    version: version === undefined ? null : String(version),
    decisions: decisions ?? {},
  });
}

/** What a person may answer: the first two to an approval, the others to a step of unknown outcome. */
export type ApprovalVerdict = "approved" | "rejected" | "do_it_again" | "treat_as_done" | "fail";

/** @throws DataError, e.g. when somebody else has decided */
export function decideApproval(
  approvalId: string,
  verdict: ApprovalVerdict,
  comment?: string,
  payload?: Json,
): Promise<{ status: string }> {
  return callVerb(z.looseObject({ status: z.string() }), "decide_approval", {
    approval: approvalId,
    verdict,
    comment: comment === undefined || comment === "" ? null : comment,
    payload: payload ?? null,
  });
}

/** Sends in an open form. @throws DataError naming the field that does not fit, or when somebody else was faster */
export function submitForm(approvalId: string, values: JsonObject): Promise<{ status: string }> {
  return callVerb(z.looseObject({ status: z.string() }), "submit_form", {
    approval: approvalId,
    answers: values,
  });
}

const Signalled = z.looseObject({ signal: z.enum(["taken", "kept"]), step: z.string().optional() });

/** The step that waits for it goes on; a signal nothing waits for yet is kept. @throws DataError */
export function sendSignal(runId: string, name: string, payload: Json): Promise<z.infer<typeof Signalled>> {
  return callVerb(Signalled, "send_signal", { run: runId, name, payload });
}

/** @throws DataError */
export function moveRun(runId: string, lane: string): Promise<{ lane: string }> {
  return callVerb(z.looseObject({ lane: z.string() }), "move_run", { run: runId, lane });
}
