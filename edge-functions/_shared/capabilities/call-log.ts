// The record of every call a step makes to the outside.
import type { Call } from "../../../src/core/run.ts";
import type { Redactor } from "../redact.ts";
import { toRunError } from "../run-error.ts";

type CallFacts = Pick<Call, "kind" | "host" | "idempotencyKey" | "tool">;

/** What the work may add once it knows: the answer's status and, for models, what it cost. */
export type CallNotes = Pick<Call, "status" | "llm">;

export class CallLog {
  readonly calls: Call[] = [];
  readonly #redactor: Redactor;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Runs the work as one call: its time and outcome are noted, its result or error passed on. */
  async run<T>(facts: CallFacts, work: (notes: CallNotes) => Promise<T>): Promise<T> {
    const call: Call = { n: this.calls.length + 1, ...facts, startedAt: new Date().toISOString() };
    this.calls.push(call);
    const notes: CallNotes = {};
    const start = performance.now();
    try {
      return await work(notes);
    } catch (error) {
      call.error = toRunError(error, this.#redactor);
      throw error;
    } finally {
      call.latencyMs = Math.round(performance.now() - start);
      Object.assign(call, notes);
    }
  }
}
