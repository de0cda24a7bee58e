// The rows a run leaves behind, as every reader sees them.
import { z } from "zod";
import { RunError } from "./failure.ts";
import { BlobRef, Hash, ItemPath, Json, JsonObject, Schema, Slug, Time, Uuid } from "./json.ts";
import { StepKey, VerifierKind } from "./plan.ts";

export const RunStatus = z.enum(["queued", "running", "waiting", "succeeded", "failed", "cancelled"]);
export type RunStatus = z.infer<typeof RunStatus>;

export const StepStatus = z.enum([
  "pending",
  "ready",
  "running",
  "waiting",
  "succeeded",
  "failed",
  "skipped",
  "cancelled",
]);
export type StepStatus = z.infer<typeof StepStatus>;

/** Why a waiting row waits, and until when. */
export const WaitingFor = z.strictObject({
  kind: z.enum(["retry", "timer", "approval", "form", "signal", "limit", "budget", "reconcile", "lane"]),
  until: Time.optional(),
  ref: z.string().optional(),
});
export type WaitingFor = z.infer<typeof WaitingFor>;

/** Steps of a run by status, and their total. */
export const Counts = z.strictObject({
  pending: z.int(),
  ready: z.int(),
  running: z.int(),
  waiting: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  skipped: z.int(),
  cancelled: z.int(),
  total: z.int(),
});
export type Counts = z.infer<typeof Counts>;

export const Usage = z.strictObject({
  llmCalls: z.int(),
  toolCalls: z.int(),
  httpCalls: z.int(),
  tokensIn: z.int(),
  tokensOut: z.int(),
  costUsd: z.number(),
  activeMs: z.int(),
});
export type Usage = z.infer<typeof Usage>;

/** One call to the outside; written with the report that ends the attempt. Times in milliseconds. */
export const Call = z.strictObject({
  n: z.int(),
  kind: z.enum(["llm", "mcp", "http", "email"]),
  host: z.string(),
  idempotencyKey: Hash.optional(),
  startedAt: Time,
  latencyMs: z.int().optional(),
  status: z.union([z.int(), z.string()]).optional(),
  error: RunError.optional(),
  llm: z
    .strictObject({
      provider: z.string(),
      model: z.string(),
      tokensIn: z.int(),
      tokensOut: z.int(),
      costUsd: z.number().nullable(),
      fallbackFrom: z.string().optional(),
      promptHash: Hash.optional(),
      requestId: z.string().optional(),
      sandbox: z.boolean().optional(),
    })
    .optional(),
  tool: z.strictObject({ connection: Slug, name: z.string(), schemaHash: Hash }).optional(),
});
export type Call = z.infer<typeof Call>;

export const Verdict = z.enum(["passed", "failed", "error"]);
export type Verdict = z.infer<typeof Verdict>;

export const Proof = z.strictObject({
  runId: Uuid,
  n: z.int(),
  stepKey: StepKey,
  itemPath: ItemPath,
  attempt: z.int(),
  verifier: z.string(),
  kind: VerifierKind,
  required: z.boolean(),
  verdict: Verdict,
  score: z.number().optional(),
  evidence: Json,
  evidenceHash: Hash,
  prevHash: Hash,
  hash: Hash,
  at: Time,
});
export type Proof = z.infer<typeof Proof>;

export const ArtifactKind = z.enum([
  "link",
  "text",
  "markdown",
  "json",
  "table",
  "diff",
  "image",
  "file",
  "log",
  "manifest",
  "proof_bundle",
]);
export type ArtifactKind = z.infer<typeof ArtifactKind>;

/** Exactly one of `body` (up to 64 KB), `path` (a stored file) and `url` (a link, text until clicked). */
export const Artifact = z.strictObject({
  id: Uuid,
  runId: Uuid,
  stepKey: StepKey.optional(),
  itemPath: ItemPath,
  attempt: z.int().optional(),
  kind: ArtifactKind,
  title: z.string(),
  mime: z.string(),
  bytes: z.int(),
  sha256: Hash,
  body: z.string().optional(),
  path: z.string().optional(),
  url: z.string().optional(),
  createdAt: Time,
});
export type Artifact = z.infer<typeof Artifact>;

export const Approvers = z.strictObject({
  roles: z.array(z.enum(["owner", "editor", "operator", "viewer"])).default(["operator"]),
  users: z.array(Uuid).default([]),
  quorum: z.int().min(1).default(1),
});
export type Approvers = z.infer<typeof Approvers>;

export const Approval = z.strictObject({
  id: Uuid,
  runId: Uuid,
  stepKey: StepKey,
  itemPath: ItemPath,
  attempt: z.int(),
  purpose: z.enum(["approval", "form", "verifier", "reconcile"]),
  title: z.string(),
  message: z.string().optional(),
  payload: Json.optional(),
  editable: Schema.optional(),
  form: Schema.optional(),
  approvers: Approvers,
  status: z.enum(["open", "approved", "rejected", "submitted", "expired", "cancelled"]),
  votes: z.array(z.strictObject({ by: Uuid, verdict: z.string(), comment: z.string().optional(), at: Time })),
  response: Json.optional(),
  openedAt: Time,
  expiresAt: Time.optional(),
  decidedAt: Time.optional(),
});
export type Approval = z.infer<typeof Approval>;

/** A stored value: the JSON itself, or a reference to a file when it is over 64 KB. */
export const Stored = z.union([BlobRef, Json]);
export type Stored = z.infer<typeof Stored>;

export const RunMode = z.enum(["live", "dry_run", "sandbox"]);
export type RunMode = z.infer<typeof RunMode>;

export const RetryMode = z.enum(["resume", "from_step", "restart"]);
export type RetryMode = z.infer<typeof RetryMode>;

/** What an operation does to each of its runs. */
export const OperationVerb = z.enum(["retry", "cancel", "move"]);
export type OperationVerb = z.infer<typeof OperationVerb>;

/** What woke a run, as expressions read it through `trigger.*`. */
export const RunTrigger = z.strictObject({
  kind: z.enum(["manual", "webhook", "schedule", "workflow", "retry", "api", "cli", "mcp"]),
  key: z.string().optional(),
  by: z.string().optional(),
  at: Time.optional(),
  deliveryId: z.string().optional(),
  /** The time a schedule named, which is not the time it was met. */
  slot: Time.optional(),
  /** The run that ended and started this one, and how many did so before it. */
  run: Uuid.optional(),
  depth: z.int().optional(),
  /** The other run failed, and this is the workflow that is told of it. */
  onError: z.boolean().optional(),
});
export type RunTrigger = z.infer<typeof RunTrigger>;

export const ScopeObject = JsonObject;
