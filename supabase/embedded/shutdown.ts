type Step = () => unknown;

/**
 * Remembers how to undo what was started, so that a failed start and an orderly end take the same way: last started,
 * first stopped, and one failure does not keep the rest running.
 */
export class Shutdown {
  #steps: Step[] = [];
  #done: Promise<void> | undefined;

  add(step: Step): void {
    this.#steps.push(step);
  }

  run(): Promise<void> {
    this.#done ??= this.#undo();
    return this.#done;
  }

  async #undo(): Promise<void> {
    for (const step of this.#steps.toReversed()) {
      try {
        await step();
      } catch (error) {
        console.error("while stopping:", error);
      }
    }
  }
}
