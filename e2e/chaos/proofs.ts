// Proofs beside the storm, run by name: each says what it did and what it found broken.
import { sweepAll } from "./crash-points.ts";

export interface Proved {
  /** What was done, in one line. */
  readonly figures: string;
  readonly broken: readonly string[];
}

type Proof = (seed: number, onNews: (text: string) => void) => Promise<Proved>;

export const furtherProofs: Readonly<Record<string, Proof>> = {
  async "crash-points"(_, onNews) {
    const { points, scenarios, plays, broken } = await sweepAll(onNews);
    return {
      figures: `${points} points, ${scenarios} scenarios, ${plays} plays, ${broken.length} ended otherwise`,
      broken,
    };
  },
};
