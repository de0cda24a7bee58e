// What a step's failure is: a typed error while it travels, a RunError once it is stored.
import { z } from "zod";
import { Json, Key, Ms } from "./json.ts";

export const ErrorClass = z.enum([
  "transient",
  "rate_limited",
  "timeout",
  "validation",
  "auth",
  "policy",
  "budget",
  "verification",
  "cancelled",
  "lost",
  "permanent",
]);
export type ErrorClass = z.infer<typeof ErrorClass>;

/** The classes a retry policy may name. */
export const RetryableClass = ErrorClass.extract(["transient", "rate_limited", "timeout"]);
export type RetryableClass = z.infer<typeof RetryableClass>;

/**
 * A failure as data. `message` and `snippet` are redacted and at most 500 characters. `snippet` and `detail` quote payloads, so the engine
 * keeps them with the attempt's payloads and not on the rows every member reads.
 */
export const RunError = z.strictObject({
  class: ErrorClass,
  code: z.string().max(64),
  message: z.string().max(500),
  hint: z.string().max(500).optional(),
  step: Key.optional(),
  retryAfterMs: Ms.optional(),
  snippet: z.string().max(500).optional(),
  detail: Json.optional(),
});
export type RunError = z.infer<typeof RunError>;

export interface StepErrorFacts {
  /** What the person can do next. */
  hint?: string;
  /** The least time to wait before another attempt, in milliseconds. */
  retryAfterMs?: number;
  /** The start of what the other side said. */
  snippet?: string;
  detail?: Json;
  cause?: unknown;
}

/** Thrown by a node's `run` or by a capability; becomes a {@link RunError} in exactly one place, `execute-step.ts`. */
export class StepError extends Error {
  override readonly name = "StepError";
  readonly errorClass: ErrorClass;
  readonly code: string;
  readonly facts: StepErrorFacts;

  /**
   * @param errorClass decides whether the engine retries
   * @param code       stable and pinned, e.g. `http_5xx`
   * @param message    what happened and why, for a person
   */
  constructor(errorClass: ErrorClass, code: string, message: string, facts: StepErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.errorClass = errorClass;
    this.code = code;
    this.facts = facts;
  }
}
