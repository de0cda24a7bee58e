// What the engine hands a worker and what the worker reports back: the two shapes of the claim/report protocol.
import { z } from "zod";
import { RunError } from "./failure.ts";
import { Hash, ItemPath, Json, JsonObject, Key, Ms, Slug, Time, Uuid } from "./json.ts";
import { Binding } from "./binding.ts";
import { BodyRole, Effect, OnFailure, StepKey, Verifier } from "./plan.ts";
import { ToolRef } from "./tool.ts";
import { Approvers, ArtifactKind, Call, RunMode, Stored, Verdict, WaitingFor } from "./run.ts";

/** What a run may have a budget of. */
export const BudgetName = z.enum(["tokens", "costUsd", "calls", "activeMs"]);
export type BudgetName = z.infer<typeof BudgetName>;

/** What a person said about an output that a check showed them. `expired`: nobody said anything in time. */
export const CheckAnswer = z.looseObject({ decision: z.enum(["approved", "rejected", "expired"]) });
export type CheckAnswer = z.infer<typeof CheckAnswer>;

/**
 * Work that stands while its checks are under way, across attempts: what has ruled already, which polls have asked how often, whom a
 * check asks and what people answered. The engine keeps it beside the output and gives it back with it.
 */
export const KeptChecks = z.strictObject({
  /** The port a routing step chose. */
  port: Key.optional(),
  done: z
    .array(z.strictObject({ verifier: z.string(), verdict: Verdict, required: z.boolean() }))
    .default([]),
  polls: z.record(z.string(), z.strictObject({ asked: z.int(), waitedMs: Ms })).default({}),
  /** The verifier whose question is open, or was the last one. */
  asking: z.string().optional(),
  answers: z.record(z.string(), CheckAnswer).default({}),
  /** The step's fallback, for when no attempt is left. */
  fallback: Stored.optional(),
});
export type KeptChecks = z.infer<typeof KeptChecks>;

/**
 * A pure step that only waits for the one before it: the worker that has done that one may go on with this, ahead of the record.
 * What it says is the plan's; the rest is the claimed step's.
 */
export const AheadStep = z.strictObject({
  stepKey: StepKey,
  kind: Slug,
  kindVersion: z.int(),
  role: BodyRole.nullish(),
  title: z.string(),
  config: JsonObject,
  inputs: z.record(Key, Binding),
  when: z.string().nullish(),
  fallback: Binding.nullish(),
  onFailure: OnFailure,
  outputs: z.record(Key, JsonObject),
  verifiers: z.array(Verifier),
  connections: z.array(Slug),
  tools: z.array(ToolRef),
  effect: Effect,
  timeoutMs: Ms,
  /** The port the step before must have chosen. */
  after: Key.nullish(),
  /** What the scope has of the steps before it; the worker has that itself. */
  reads: z.array(
    z.strictObject({
      step: StepKey,
      part: z.enum(["output", "status", "error"]).nullable(),
      port: Key.nullable(),
    }),
  ),
});
export type AheadStep = z.infer<typeof AheadStep>;

/** One step, ready to execute. `attempt` is the fence: only a report that carries it counts. */
export const ClaimedStep = z.strictObject({
  runId: Uuid,
  workspaceId: Uuid,
  stepKey: StepKey,
  itemPath: ItemPath,
  attempt: z.int().min(1),
  /** 1 for the first execution the policy counts; a crash does not raise it. Picks the model in an LLM chain. */
  tries: z.int().min(1),
  /** Workers that died while they held it; left out when none did. */
  crashes: z.int().min(1).nullish(),
  kind: Slug,
  kindVersion: z.int(),
  role: BodyRole.nullish(),
  title: z.string(),
  config: JsonObject,
  inputs: z.record(Key, Binding),
  when: z.string().nullish(),
  fallback: Binding.nullish(),
  onFailure: OnFailure,
  /** The values at the step's `reads`, under their roots: input, vars, steps, item, index, run, trigger. */
  scope: JsonObject,
  outputs: z.record(Key, JsonObject),
  verifiers: z.array(Verifier),
  /** Set when an earlier attempt's work stands and only its checks are to be repeated. */
  keptOutput: Stored.nullish(),
  keptChecks: KeptChecks.nullish(),
  connections: z.array(Slug),
  tools: z.array(ToolRef),
  effect: Effect,
  timeoutMs: Ms,
  leaseUntil: Time,
  keyRun: Uuid,
  planHash: Hash,
  mode: RunMode,
  /** The budgets the run has; what the step spends of them is reserved first. */
  budgeted: z.array(BudgetName).nullish(),
  /** Inputs given by a from_step retry; they replace the bindings. */
  override: JsonObject.nullish(),
  /**
   * Steps the worker may do right after this one, in this order; after a split, for each item. Of several steps of one plan that are
   * claimed together only the first has them: see shareRows.
   */
  following: z.array(AheadStep).nullish(),
  /**
   * Of each of those the scope, but for what the steps before it in the row put out; empty when all of them are. `item` and `index` are
   * null in a body: the worker has them from the split.
   */
  followingScopes: z.array(JsonObject).nullish(),
});
export type ClaimedStep = z.infer<typeof ClaimedStep>;

/** Gives each of the steps claimed together the row it may go on with, if another step of the same plan step brought it. */
export function shareRows(claimed: readonly ClaimedStep[]): ClaimedStep[] {
  const rows = new Map<string, ClaimedStep["following"]>();
  const rowOf = ({ planHash, stepKey }: ClaimedStep) => `${planHash} ${stepKey}`;
  for (const step of claimed) if (step.following) rows.set(rowOf(step), step.following);
  return claimed.map((step) =>
    step.followingScopes && !step.following ? { ...step, following: rows.get(rowOf(step)) } : step,
  );
}

/** A verifier's finding before the engine numbers and chains it. */
export const ProofDraft = z.strictObject({
  verifier: z.string(),
  kind: z.string(),
  required: z.boolean(),
  verdict: Verdict,
  score: z.number().optional(),
  evidence: Json,
  evidenceHash: Hash,
});
export type ProofDraft = z.infer<typeof ProofDraft>;

export const ArtifactDraft = z.strictObject({
  kind: ArtifactKind,
  title: z.string().max(200),
  mime: z.string(),
  bytes: z.int(),
  sha256: Hash,
  body: z.string().optional(),
  path: z.string().optional(),
  url: z.string().optional(),
});
export type ArtifactDraft = z.infer<typeof ArtifactDraft>;

/** As engine.check_signal takes it; never holds the colon that marks a run. */
export const SignalName = z.string().regex(/^[a-z][a-z0-9_.-]{0,62}$/, {
  message:
    "a signal's name starts with a letter and holds lower-case letters, digits, dots, dashes and underscores",
});

/** What a parked step asks the engine to set up in the same transaction. */
export const Park = z.discriminatedUnion("for", [
  /** A moment, or a time from now by the database's clock: the worker's own may be wrong. */
  z
    .strictObject({ for: z.literal("timer"), until: Time.optional(), forMs: Ms.optional() })
    .refine(({ until, forMs }) => until !== undefined || forMs !== undefined, "needs until or forMs"),
  z.strictObject({
    for: z.literal("approval"),
    title: z.string(),
    message: z.string().optional(),
    payload: Json.optional(),
    editable: JsonObject.optional(),
    approvers: Approvers,
    timeoutMs: Ms.optional(),
    onTimeout: z.enum(["fail", "rejected"]),
    /** `verifier`: the answer is a check's, and the step goes on to its other checks. */
    purpose: z.enum(["approval", "verifier"]).optional(),
  }),
  /** A check asks again later; the time counts from when the engine takes the report. */
  z.strictObject({ for: z.literal("check"), verifier: z.string(), afterMs: Ms }),
  z.strictObject({
    for: z.literal("form"),
    title: z.string(),
    message: z.string().optional(),
    /** JSON Schema of an object: one question per property. */
    schema: JsonObject,
    prefill: Json.optional(),
    approvers: Approvers,
    timeoutMs: Ms.optional(),
  }),
  z.strictObject({
    for: z.literal("signal"),
    name: SignalName,
    /** Values the signal must have, each at its path. */
    match: z.array(z.strictObject({ path: z.array(z.string()), value: Json })),
    timeoutMs: Ms.optional(),
    onTimeout: z.enum(["fail", "continue"]),
  }),
  z.strictObject({
    for: z.literal("budget"),
    budget: BudgetName,
    /** What the budget was when it was refused: more by now means somebody topped it up meanwhile. */
    amount: z.number(),
    /** When to ask again; absent where only a top-up helps. */
    until: Time.optional(),
  }),
  /** The host keeps failing; the engine says when it is asked again. */
  z.strictObject({ for: z.literal("host"), host: z.string().max(255) }),
  z.strictObject({
    for: z.literal("run"),
    workflow: Slug,
    version: z.union([z.int(), z.literal("live")]),
    input: Json,
    lane: z.string().optional(),
    detach: z.boolean(),
  }),
]);
export type Park = z.infer<typeof Park>;

const Log = z.strictObject({
  at: Time,
  level: z.enum(["debug", "info", "warn", "error"]),
  text: z.string().max(2_000),
});

/** A step done ahead of the record; it succeeded, else it is not mentioned and left to be claimed. */
export const AheadReport = z.strictObject({
  stepKey: StepKey,
  /** Of a step of a body: which item's. */
  index: z.int().min(0).optional(),
  output: Stored.optional(),
  port: Key.optional(),
  inputs: Stored.optional(),
  /** Left out where there are none: a portion of a map has thousands of these. */
  logs: z.array(Log).optional(),
  activeMs: Ms.optional(),
});
export type AheadReport = z.infer<typeof AheadReport>;

/**
 * What happened to one attempt. The worker says only that; the engine decides what follows (retry, failure, release).
 * `split` success carries `items` in `output`; routing steps name their `port`.
 */
export const StepReport = z.strictObject({
  runId: Uuid,
  stepKey: StepKey,
  itemPath: ItemPath,
  attempt: z.int().min(1),
  outcome: z.enum(["succeeded", "failed", "skipped", "parked", "handed_over", "cancelled"]),
  output: Stored.optional(),
  /** Present when the work stands although the step has not succeeded: whatever follows repeats its checks and nothing else. */
  checks: KeptChecks.optional(),
  outputIsFallback: z.boolean().optional(),
  port: Key.optional(),
  error: RunError.optional(),
  park: Park.optional(),
  waitingFor: WaitingFor.optional(),
  /** The resolved inputs, kept on the attempt for the run page. */
  inputs: Stored.optional(),
  calls: z.array(Call).default([]),
  proofs: z.array(ProofDraft).default([]),
  artifacts: z.array(ArtifactDraft).default([]),
  logs: z.array(Log).default([]),
  activeMs: Ms.default(0),
  /**
   * What the worker did right after it, of the steps at `following`, of a split's item by item: each succeeded, and counts only if
   * this report does.
   */
  ahead: z.array(AheadReport).optional(),
});
export type StepReport = z.infer<typeof StepReport>;

/** The answer to a report: whether each one counted, and further steps, already claimed. */
export const ReportAnswer = z.strictObject({
  results: z.array(
    z.strictObject({
      runId: Uuid,
      stepKey: StepKey,
      itemPath: ItemPath,
      attempt: z.int(),
      counted: z.boolean(),
    }),
  ),
  claimed: z.array(ClaimedStep),
});
export type ReportAnswer = z.infer<typeof ReportAnswer>;
