// The rows of runs and steps as the browser sees them. Lists carry no payloads.
import { z } from "zod";
import { RunError } from "../core/failure.ts";
import { ItemPath, Json, Time, Uuid } from "../core/json.ts";
import { BodyRole, Budgets } from "../core/plan.ts";
import {
  Counts,
  RetryMode,
  RunMode,
  RunStatus,
  RunTrigger,
  StepStatus,
  Usage,
  WaitingFor,
} from "../core/run.ts";

export const RunRow = z.object({
  id: Uuid,
  workspaceId: Uuid,
  workflowId: Uuid,
  version: z.int(),
  planHash: z.string(),
  title: z.string(),
  mode: RunMode,
  status: RunStatus,
  waitingFor: WaitingFor.nullable(),
  lane: z.string(),
  priority: z.int(),
  deadlineAt: Time.nullable(),
  trigger: RunTrigger,
  retryOf: Uuid.nullable(),
  retryMode: RetryMode.nullable(),
  retryCount: z.int(),
  parentRunId: Uuid.nullable(),
  parentStep: z.string().nullable(),
  counts: Counts,
  usage: Usage,
  lastSeq: z.int(),
  error: RunError.nullable(),
  cancelRequestedAt: Time.nullable(),
  /** Set once the run began to undo its steps; `ending` while it does: how it will end. */
  rolledBackAt: Time.nullish(),
  ending: z.object({ status: RunStatus, error: RunError.nullish() }).nullish(),
  pausedAt: Time.nullable(),
  budgets: Budgets.nullable(),
  createdAt: Time,
  startedAt: Time.nullable(),
  finishedAt: Time.nullable(),
});
export type RunRow = z.infer<typeof RunRow>;

export const runColumns =
  "id, workspace_id, workflow_id, version, plan_hash, title, mode, status, waiting_for, lane, priority, deadline_at, trigger, retry_of, " +
  "retry_mode, retry_count, parent_run_id, parent_step, counts, usage, last_seq, error, cancel_requested_at, paused_at, budgets, rolled_back_at, ending, created_at, started_at, finished_at";

export const StepRow = z.object({
  runId: Uuid,
  stepKey: z.string(),
  itemPath: ItemPath,
  nodeId: z.string(),
  kind: z.string(),
  role: BodyRole.nullable(),
  title: z.string(),
  rank: z.int(),
  status: StepStatus,
  waitingFor: WaitingFor.nullable(),
  attempt: z.int(),
  attemptLimit: z.int(),
  tries: z.int(),
  crashes: z.int(),
  dueAt: Time.nullable(),
  /** By when it must have ended, with all its attempts and waits, or items or turns. */
  deadlineAt: Time.nullable(),
  port: z.string().nullable(),
  outputIsFallback: z.boolean(),
  reusedFrom: Uuid.nullable(),
  error: RunError.nullable(),
  verification: z.enum(["none", "passed", "warned", "failed"]),
  itemsTotal: z.int().nullable(),
  itemsDone: z.int(),
  itemsFailed: z.int(),
  startedAt: Time.nullable(),
  finishedAt: Time.nullable(),
});
export type StepRow = z.infer<typeof StepRow>;

export const stepColumns =
  "run_id, step_key, item_path, node_id, kind, role, title, rank, status, waiting_for, attempt, attempt_limit, tries, crashes, due_at, deadline_at, port, " +
  "output_is_fallback, reused_from, error, verification, items_total, items_done, items_failed, started_at, finished_at";

export const AttemptRow = z.object({
  n: z.int(),
  worker: z.string().nullable(),
  startedAt: Time,
  finishedAt: Time.nullable(),
  queuedMs: z.number(),
  outcome: z.string().nullable(),
  error: RunError.nullable(),
  activeMs: z.number(),
});
export type AttemptRow = z.infer<typeof AttemptRow>;

export const LogLine = z.object({
  at: Time,
  level: z.enum(["debug", "info", "warn", "error"]),
  text: z.string(),
});
export type LogLine = z.infer<typeof LogLine>;

export const RunPayloads = z.object({ input: Json.nullable(), output: Json.nullable() });
export type RunPayloads = z.infer<typeof RunPayloads>;
