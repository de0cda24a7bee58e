import { histogram, type Sample } from "./prometheus.ts";

const BOUNDS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** How long things took, as a histogram that only grows. */
export class Lag {
  readonly #buckets = new Map(BOUNDS_S.map((bound) => [bound, 0]));
  #sum = 0;
  #count = 0;

  /** @param seconds below zero counts as zero: two clocks may differ */
  add(seconds: number): void {
    const lag = Math.max(seconds, 0);
    this.#sum += lag;
    this.#count += 1;
    for (const [bound, count] of this.#buckets) if (lag <= bound) this.#buckets.set(bound, count + 1);
  }

  samples(): Sample[] {
    return histogram(this.#buckets, Number(this.#sum.toFixed(6)), this.#count);
  }
}
