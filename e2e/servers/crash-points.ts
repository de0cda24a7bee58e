// Takes the place of edge-functions/_shared/crash-points.ts in tests: ends the process where RUNBOARD_CRASH_POINT says.
import process from "node:process";
import type { CrashPoint } from "../../edge-functions/_shared/crash-points.ts";

/** Steps that bring down whoever runs them, by their keys: they are what a mistake in a node or a runtime may do. */
const deadly: Record<string, () => void> = {
  exits: () => process.exit(1),
  fills() {
    const all: number[][] = [];
    for (;;) all.push(Array.from({ length: 1_000_000 }, (_, n) => n + all.length));
  },
  spins() {
    for (let n = 0; n >= 0; n = (n + 1) % 1_000) continue;
  },
};

/** Ends the process at once when RUNBOARD_CRASH_POINT names this place, as `point` or `point@step`. */
export function crashPoint(point: CrashPoint, step?: string): void {
  const wanted = process.env["RUNBOARD_CRASH_POINT"];
  if (wanted === point || wanted === `${point}@${step}`) process.exit(137);
  if (point === "before_effect" && step !== undefined) deadly[step]?.();
}
