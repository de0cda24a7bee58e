// Events: the envelope that is broadcast, and the event that is stored.
import { z } from "zod";
import { ItemPath, JsonObject, Time, Uuid } from "./json.ts";
import { Counts, RunStatus, StepStatus } from "./run.ts";

export const RunEventKind = z.enum([
  "run.queued",
  "run.started",
  "run.waiting",
  "run.resumed",
  "run.updated",
  "run.succeeded",
  "run.failed",
  "run.cancelled",
  "run.retried",
]);
export const StepEventKind = z.enum([
  "step.ready",
  "step.started",
  "step.waiting",
  "step.released",
  "step.recovered",
  "step.handed_over",
  "step.succeeded",
  "step.failed",
  "step.skipped",
  "step.cancelled",
  "step.reused",
  "step.retried",
  "step.reset",
]);
export const EventKind = z.enum([...RunEventKind.options, ...StepEventKind.options]);
export type RunEventKind = z.infer<typeof RunEventKind>;
export type StepEventKind = z.infer<typeof StepEventKind>;
export type EventKind = z.infer<typeof EventKind>;

/** What a Realtime message carries: never inputs, outputs, logs or error text. `seq` starts at 1 and is dense per run. */
export const Envelope = z.strictObject({
  runId: Uuid,
  seq: z.int().min(1),
  kind: EventKind,
  step: z.string().optional(),
  item: ItemPath.optional(),
  status: z.union([RunStatus, StepStatus]),
  attempt: z.int().optional(),
  at: Time,
  counts: Counts.optional(),
});
export type Envelope = z.infer<typeof Envelope>;

/**
 * The stored event. `data` holds what a fold needs to equal the database at that `seq`: for steps `waitingFor`, `port`,
 * `errorCode`, `items`; for runs `waitingFor`, `lane`, `priority`, `errorCode`, `retryCount`.
 */
export const RunEvent = Envelope.extend({ workspaceId: Uuid, data: JsonObject.default({}) });
export type RunEvent = z.infer<typeof RunEvent>;

/** One Broadcast message on `run:<id>` (event `run_events`) or `workspace:<id>` (event `run_events`, `run.*` only). */
export const EventMessage = z.looseObject({ events: z.array(Envelope) });
export type EventMessage = z.infer<typeof EventMessage>;

/** Ephemeral, on `run:<id>:tail`, never stored or numbered; content, so it needs the payload right. */
export const TailMessage = z.looseObject({
  kind: z.enum(["step.progress", "step.log", "llm.delta"]),
  step: z.string(),
  item: ItemPath,
  attempt: z.int(),
  text: z.string().optional(),
  done: z.number().optional(),
  total: z.number().optional(),
});
export type TailMessage = z.infer<typeof TailMessage>;
