// Keeps a worker at work while its process lives: at once when the database says that there is something to claim, and at the time it
// named. Asking it over HTTP took longer than claiming did.
import type { Shift } from "./worker.ts";

const FIRST_AGAIN_MS = 50;
const LONGEST_MS = 1_000;

export class Drive {
  readonly #work: () => Promise<Shift>;
  #again: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  /** @param work an invocation; while one is under way, a further one only tells it to look again */
  constructor(work: () => Promise<Shift>) {
    this.#work = work;
  }

  /** Looks for something to claim. Never throws: what goes wrong is tried again. */
  wake(): void {
    clearTimeout(this.#again);
    void this.#turn();
  }

  async #turn(): Promise<void> {
    try {
      const { nextDueMs } = await this.#work();
      this.#failures = 0;
      // Later times are the host's to keep: it asks every second.
      if (typeof nextDueMs === "number" && nextDueMs < LONGEST_MS) this.#wakeIn(nextDueMs);
    } catch (error) {
      console.warn(`The worker stopped: ${error instanceof Error ? error.message : String(error)}`);
      this.#wakeIn(Math.min(FIRST_AGAIN_MS * 2 ** this.#failures++, LONGEST_MS));
    }
  }

  #wakeIn(ms: number): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.wake(), Math.max(ms, 1));
  }
}
