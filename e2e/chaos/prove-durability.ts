import { cutThePower } from "./durability.ts";
import type { Proof } from "./proofs.ts";

/** nothing acknowledged is lost over 20 power cuts. */
export const proveDurability: Proof = async (seed, onNews) => {
  const { result, control } = await cutThePower(
    seed,
    { rounds: 20, perRound: 5_000, controlFor: 2_000 },
    onNews,
  );
  return {
    figures:
      `${result.rounds} power cuts, ${result.lost} of ${result.acknowledged} acknowledged starts lost; ` +
      `without waiting for the disk ${control.lost} of ${control.acknowledged}`,
    numbers: {
      powerCuts: result.rounds,
      acknowledged: result.acknowledged,
      lost: result.lost,
      lostByControl: control.lost,
    },
    controls: [{ name: "async commit", red: control.lost > 0 }],
    broken:
      result.lost === 0 ? [] : [`${result.lost} of ${result.acknowledged} acknowledged starts were gone`],
  };
};
