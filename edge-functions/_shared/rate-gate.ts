// A first cap on requests by name, in memory: it keeps a flood from the database. It forgets with its process, and is asked before anything else.

/** Names remembered at most; the ones longest unseen are forgotten. */
const mostNames = 10_000;

export class RateGate {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  readonly #perMinute: number;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /**
   * Whether one more may pass.
   * @param now milliseconds, of any clock that does not stand still
   */
  admits(name: string, now: number): boolean {
    const known = this.#buckets.get(name) ?? { tokens: this.#perMinute, at: now };
    const refilled = known.tokens + (Math.max(now - known.at, 0) * this.#perMinute) / 60_000;
    const tokens = Math.min(refilled, this.#perMinute);
    const passes = tokens >= 1;
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens: passes ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > mostNames) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return passes;
  }
}
