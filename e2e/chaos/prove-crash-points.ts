import { sweepAll } from "./crash-points.ts";
import type { Proof } from "./proofs.ts";

/** every conformance scenario at every crash point. */
export const proveCrashPoints: Proof = async (_, onNews) => {
  const { points, scenarios, plays, broken, control } = await sweepAll(onNews);
  return {
    figures: `${points} points, ${scenarios} scenarios, ${plays} plays, ${broken.length} ended otherwise`,
    numbers: { points, scenarios, plays, endedOtherwise: broken.length },
    controls: [{ name: "lapsed leases overlooked", red: control.length > 0 }],
    broken,
  };
};
