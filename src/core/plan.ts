// The Plan IR: what the compiler emits, runs execute and nobody edits.
import { z } from "zod";
import { Binding, Cel, Path } from "./binding.ts";
import { RetryableClass } from "./failure.ts";
import { Hash, JsonObject, Key, Json, Ms, Schema, Slug } from "./json.ts";
import { ToolRef } from "./tool.ts";

/** Total executions, not repeats: 4 means the first attempt and three retries. Delays in milliseconds. */
export const RetryPolicy = z.strictObject({
  maxAttempts: z.int().min(1).max(20).default(4),
  baseDelayMs: Ms.default(1_000),
  factor: z.number().min(1).max(10).default(2),
  maxDelayMs: Ms.default(300_000),
  jitter: z.enum(["full", "none"]).default("full"),
  /** So many retries go at once: each of them asks somebody else, so that waiting gains nothing. */
  immediate: z.int().min(0).max(20).default(0),
  on: z.array(RetryableClass).default(["transient", "rate_limited", "timeout"]),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

/** What a repeat of the step would do to the outside. */
export const Effect = z.enum(["pure", "read", "idempotent", "at_most_once"]);
export type Effect = z.infer<typeof Effect>;

export const VerifierKind = z.enum([
  "json_schema",
  "expr",
  "http",
  "llm_judge",
  "checksum",
  "sql",
  "approval",
]);
export type VerifierKind = z.infer<typeof VerifierKind>;

/** `config` is what verifier-kinds.ts says for the kind. */
export const Verifier = z.strictObject({
  name: Key,
  kind: VerifierKind,
  config: JsonObject,
  required: z.boolean().default(true),
  timeoutMs: Ms.default(15_000),
});
export type Verifier = z.infer<typeof Verifier>;

export const OnFailure = z.enum(["fail_run", "continue", "catch"]);
export type OnFailure = z.infer<typeof OnFailure>;

export const Rollback = z.strictObject({ kind: Slug, config: JsonObject, inputs: z.record(Key, Binding) });
export type Rollback = z.infer<typeof Rollback>;

/** `finished`: succeeded or failed, not skipped. `port` is set for routing ports only. */
export const Dep = z.strictObject({
  step: z.string(),
  on: z.enum(["succeeded", "failed", "finished"]).default("succeeded"),
  port: Key.optional(),
});
export type Dep = z.infer<typeof Dep>;

/** Step keys the compiler makes (`each__split`) hold the `__` that people may not use. */
export const StepKey = z.string().regex(/^[a-z][a-z0-9_]{0,80}$/);
export type StepKey = z.infer<typeof StepKey>;

/**
 * The part a step plays besides being a node's work; absent for ordinary steps. split opens a body; item and turn end one pass of it;
 * collect is the container itself; rollback undoes the step it is named after and runs only when its run has failed or was cancelled.
 */
export const BodyRole = z.enum(["split", "item", "turn", "collect", "rollback"]);
export type BodyRole = z.infer<typeof BodyRole>;

/** Whether a step stands for its node: neither a part of a container nor what undoes it. */
export function speaksForNode(role: BodyRole | null | undefined): boolean {
  return role === undefined || role === null || role === "collect";
}

export const Step = z.strictObject({
  key: StepKey,
  kind: Slug,
  kindVersion: z.int().min(1),
  title: z.string(),
  nodeId: z.string(),
  config: JsonObject,
  inputs: z.record(Key, Binding),
  outputs: z.record(Key, Schema),
  /** What its input ports take, for those that do not take just anything: a retry checks replaced inputs by it. */
  ports: z.record(z.string(), Schema).optional(),
  dependsOn: z.array(Dep),
  join: z.enum(["all", "any", "first"]).default("all"),
  when: Cel.optional(),
  within: StepKey.optional(),
  role: BodyRole.optional(),
  reads: z.array(Path),
  connections: z.array(Slug),
  tools: z.array(ToolRef),
  effect: Effect,
  retry: RetryPolicy,
  timeoutMs: Ms,
  deadlineMs: Ms.optional(),
  verifiers: z.array(Verifier),
  onFailure: OnFailure.default("fail_run"),
  fallback: Binding.optional(),
  rollback: Rollback.optional(),
  stepHash: Hash,
});
export type Step = z.infer<typeof Step>;

export const Budgets = z.strictObject({
  tokens: z.int().min(1).optional(),
  costUsd: z.number().positive().optional(),
  calls: z.int().min(1).optional(),
  activeMs: Ms.min(1).optional(),
});
export type Budgets = z.infer<typeof Budgets>;

export const Settings = z.strictObject({
  lane: z.string().max(40).default("auto"),
  priority: z.int().default(100),
  deadlineMs: Ms.optional(),
  maxParallel: z.int().min(1).max(1_000).default(32),
  concurrency: z
    .strictObject({
      key: Cel,
      limit: z.int().min(1),
      whenFull: z.enum(["queue", "cancel_oldest", "refuse"]).default("queue"),
    })
    .optional(),
  rateLimit: z
    .strictObject({
      key: Cel.optional(),
      max: z.int().min(1),
      per: z.enum(["second", "minute", "hour", "day"]),
    })
    .optional(),
  debounce: z.strictObject({ key: Cel, ms: Ms }).optional(),
  errorWorkflow: Slug.optional(),
  budgets: Budgets.optional(),
  retentionDays: z.int().min(1).default(90),
});
export type Settings = z.infer<typeof Settings>;

/** A piece of a key the database puts together: text as it is, or the field of the run's input at a path. */
export const KeyPart = z.union([
  z.strictObject({ literal: z.string() }),
  z.strictObject({ path: z.array(z.string()).min(1) }),
]);
export type KeyPart = z.infer<typeof KeyPart>;

const parts = z.array(KeyPart);

/** Settings as a plan holds them: beside each key the parts the compiler made of its expression. */
export const PlanSettings = Settings.extend({
  concurrency: Settings.shape.concurrency.unwrap().extend({ parts }).optional(),
  rateLimit: Settings.shape.rateLimit.unwrap().extend({ parts: parts.optional() }).optional(),
  debounce: Settings.shape.debounce.unwrap().extend({ parts }).optional(),
});
export type PlanSettings = z.infer<typeof PlanSettings>;

/** `base` is what of the event becomes the input as it is, where it fits; `map` goes on top of it. */
export const Trigger = z.strictObject({
  key: Key,
  kind: Slug,
  config: JsonObject,
  map: z.record(Key, Binding),
  base: Path.optional(),
  nodeId: z.string(),
});
export type Trigger = z.infer<typeof Trigger>;

export const Risk = z.strictObject({
  level: z.enum(["info", "warn", "block"]),
  code: z.string(),
  message: z.string(),
  step: StepKey.optional(),
});
export type Risk = z.infer<typeof Risk>;

export const SkillRef = z.strictObject({ slug: Slug, version: z.int(), planHash: Hash });
export type SkillRef = z.infer<typeof SkillRef>;

/** What a reviewer reads before publish: everything outside that the plan can touch. */
export const Uses = z.strictObject({
  connections: z.array(z.strictObject({ slug: Slug, hosts: z.array(z.string()) })),
  tools: z.array(ToolRef),
  skills: z.array(SkillRef),
  workflows: z.array(
    z.strictObject({ slug: Slug, version: z.union([z.int(), z.literal("live")]), planHash: Hash.optional() }),
  ),
  packs: z.array(Slug),
});
export type Uses = z.infer<typeof Uses>;

export const Plan = z.strictObject({
  irVersion: z.literal(1),
  title: z.string(),
  planHash: Hash,
  compiler: z.string(),
  input: Schema,
  output: z.record(Key, Binding),
  outputSchema: Schema,
  variables: z.record(Key, Json),
  triggers: z.array(Trigger),
  steps: z.array(Step),
  settings: PlanSettings,
  risks: z.array(Risk),
  uses: Uses,
});
export type Plan = z.infer<typeof Plan>;
