// Steps that two workers died of: nothing is taken beside one of them for a moment. Whichever kills this worker, both had died of it.
import type { ClaimedStep } from "../../src/core/worker.ts";

/** Most that kill their worker do it at once; one that takes long must not keep everything else waiting. */
const ALONE_MS = 2_000;

export class Suspects {
  readonly #whenQuiet: () => void;
  #held = 0;
  #until = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param whenQuiet called when the moment is over */
  constructor(whenQuiet: () => void) {
    this.#whenQuiet = whenQuiet;
  }

  /** True while nothing may be taken beside what is held. */
  get isAlone(): boolean {
    return this.#held > 0 && performance.now() < this.#until;
  }

  /** @returns what to call once the step's report has counted: until then it still dies with this worker */
  take({ crashes }: ClaimedStep): () => void {
    if ((crashes ?? 0) < 2) return () => undefined;
    this.#held++;
    this.#until = performance.now() + ALONE_MS;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#whenQuiet, ALONE_MS);
    return () => {
      this.#held--;
    };
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
