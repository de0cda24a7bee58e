// The short form of `npm run chaos -- --only durability`.
import { expect, it } from "vitest";
import { cutThePower } from "./durability.ts";

it(
  "R-05 keeps every acknowledged start over a power cut, and loses some when commits do not wait for the disk",
  { timeout: 120_000 },
  async () => {
    const { result, control } = await cutThePower(
      Number(process.env["CHAOS_SEED"] ?? 20_260_101),
      { rounds: 1, perRound: 300, controlFor: 300 },
      () => {},
    );
    expect(result.lost).toBe(0);
    expect(result.acknowledged).toBeGreaterThanOrEqual(300);
    expect(control.lost).toBeGreaterThan(0);
  },
);
