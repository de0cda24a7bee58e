// An attempt that ends without a failure because something holds it back: the step waits for that, and no attempt of its policy is used up.
import type { Park } from "../../src/core/worker.ts";

export class PutOff extends Error {
  override readonly name: string = "PutOff";
  readonly park: Park;

  /** @param park what the step waits for */
  constructor(message: string, park: Park) {
    super(message);
    this.park = park;
  }
}
