// Steps whose workers died, begun one after the other, each said to be: if this process dies too, only what it had begun can be blamed.
import type { ClaimedStep } from "../../src/core/worker.ts";

/** How long each is watched before the next is begun; most that kill their worker do it at once. */
const WATCHED_MS = 25;
/** A step that three workers died of, in company, is given this long without any; twice as long after each further death. */
const ALONE_MS = 30_000;

export class Suspects {
  readonly #markBegun: (step: ClaimedStep) => Promise<void>;
  #last = Promise.resolve();
  #aloneUntil = -Infinity;

  constructor(markBegun: (step: ClaimedStep) => Promise<void>) {
    this.#markBegun = markBegun;
  }

  /** True while one of them has the worker for itself. */
  get needQuiet(): boolean {
    return performance.now() < this.#aloneUntil;
  }

  /** Executes the step when the one before it has ended or was watched for a moment. */
  async inTurn<T>(step: ClaimedStep, execute: () => Promise<T>): Promise<T> {
    const { promise: watched, resolve: next } = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = watched;
    await before;
    const crashes = step.crashes ?? 0;
    if (crashes >= 3) this.#aloneUntil = performance.now() + ALONE_MS * 2 ** (crashes - 3);
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      // Away from the database nothing is known of it, and the lease decides whether it may start.
      await this.#markBegun(step).catch(() => undefined);
      timer = setTimeout(next, WATCHED_MS);
      return await execute();
    } finally {
      clearTimeout(timer);
      next();
    }
  }
}
