// Finished attempts on their way to the engine: many in one statement, tried again while their lease lasts.
import type { ClaimedStep, ReportAnswer, StepReport } from "../../src/core/worker.ts";

interface Waiting {
  report: StepReport;
  since: number;
  settled: () => void;
}

type Send = (reports: StepReport[], claim: number) => Promise<ReportAnswer>;

const MOST_AT_ONCE = 100;

export class ReportQueue {
  readonly #leaseMs: number;
  #waiting: Waiting[] = [];
  #failures = 0;
  /** Those the engine answered while others of their batch were still on the way. */
  readonly #answered = new WeakSet<() => void>();

  /** @param leaseMs a report that could not be sent for this long is given up: the engine has recovered the step by then */
  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** @param settled called once the engine has answered, or the report was given up */
  add(report: StepReport, settled: () => void): void {
    this.#waiting.push({ report, since: performance.now(), settled });
  }

  /**
   * Sends what waits. A failed report is never a failed step: it is sent again, after a growing pause.
   * @param most largest number of reports to send
   * @returns the steps that were claimed with it
   */
  async send(send: Send, claim: number, most = MOST_AT_ONCE): Promise<ClaimedStep[]> {
    const batch = this.#waiting.splice(0, Math.min(most, MOST_AT_ONCE));
    try {
      return await this.#deliver(batch, send, claim);
    } catch (error) {
      const now = performance.now();
      const left = batch.filter(({ settled }) => !this.#answered.has(settled));
      const [late, again] = partition(left, ({ since }) => now - since > this.#leaseMs);
      for (const { settled } of late) settled();
      this.#waiting.unshift(...again);
      console.warn(`Reports could not be sent: ${error instanceof Error ? error.message : String(error)}`);
      await new Promise((done) => setTimeout(done, Math.min(50 * 2 ** this.#failures++, 2_000)));
      return [];
    }
  }

  async #deliver(batch: Waiting[], send: Send, claim: number): Promise<ClaimedStep[]> {
    try {
      const answer = await send(
        batch.map(({ report }) => report),
        claim,
      );
      this.#failures = 0;
      for (const { settled } of batch) {
        this.#answered.add(settled);
        settled();
      }
      return answer.claimed;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const [only, ...others] = batch;
      if (only === undefined) return [];
      if (others.length > 0) {
        const middle = Math.ceil(batch.length / 2);
        await this.#deliver(batch.slice(0, middle), send, 0);
        return await this.#deliver(batch.slice(middle), send, claim);
      }
      const { ahead, ...alone } = only.report;
      // What was done ahead may be what is refused; left out, it is claimed and fails for itself.
      if (ahead) return await this.#deliver([{ ...only, report: alone }], send, claim);
      if (only.report.error?.code === "report_refused") throw error;
      return await this.#deliver([{ ...only, report: refused(only.report, error) }], send, claim);
    }
  }
}

/**
 * The report could not be written down, or the database read the statement and said no, as against: it could not be reached
 * or was busy. Class 54 is a value beyond a limit of the database, for example one nested too deeply.
 */
function isRefusal(error: unknown): error is Error {
  if (error instanceof RangeError) return true;
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  return /^(2[0-3]|42|54|P0|XX|RB)/.test(error.code);
}

/** A report the engine cannot store must not hold up the others: it becomes a plain failure that says so. */
function refused({ runId, stepKey, itemPath, attempt, activeMs }: StepReport, error: Error): StepReport {
  return {
    runId,
    stepKey,
    itemPath,
    attempt,
    activeMs,
    calls: [],
    proofs: [],
    artifacts: [],
    logs: [],
    outcome: "failed",
    error: {
      class: "validation",
      code: "report_refused",
      message: `The step ran, but its result could not be stored: ${error.message}`.slice(0, 500),
      hint: "Report it with the run's id: the result has a shape the engine does not take.",
    },
  };
}

function partition<T>(list: T[], test: (item: T) => boolean): [T[], T[]] {
  return [list.filter(test), list.filter((item) => !test(item))];
}
