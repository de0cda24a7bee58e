/** Why a process that does not answer is taken for hung. */
export type Hung = "it computes without answering" | "it does not answer";

/** What a thread may compute at least before it answers. The longest that a healthy, busy worker took was 30 ms. */
const COMPUTING_MS = 1_000;

export interface Patience {
  /** How long each of two questions may stay without an answer while the process computes nothing. */
  readonly silentMs: number;
  /** Processor time until it listened: what says how fast the machine is. Undefined where the system does not tell. */
  readonly startedMs: number | undefined;
}

/**
 * What is to be thought of a process while a question to it has no answer. One that computes all the time goes round in circles and
 * never answers; one that is given no processor time, because the machine is busy or it is stopped, may answer later.
 */
export class Silence {
  readonly #silentMs: number;
  readonly #computingMs: number;
  readonly #computedBefore: number | undefined;
  #isSuspected = false;

  /** @param computedBefore processor time of the process's main thread when it was asked */
  constructor({ silentMs, startedMs }: Patience, computedBefore: number | undefined) {
    this.#silentMs = silentMs;
    this.#computingMs = Math.max(COMPUTING_MS, 3 * (startedMs ?? 0));
    this.#computedBefore = computedBefore;
  }

  /**
   * The second look in a row decides: after a pause of the one who looks, the answer may have come and not been read yet.
   * @returns undefined as long as there is hope
   */
  look(silentMs: number, computed: number | undefined): Hung | undefined {
    const spent =
      computed === undefined || this.#computedBefore === undefined ? 0 : computed - this.#computedBefore;
    const why = this.#reason(silentMs, spent);
    const isConfirmed = this.#isSuspected;
    this.#isSuspected = why !== undefined;
    return isConfirmed ? why : undefined;
  }

  #reason(silentMs: number, spent: number): Hung | undefined {
    if (spent >= this.#computingMs) return "it computes without answering";
    return silentMs >= 2 * this.#silentMs ? "it does not answer" : undefined;
  }
}
