// Takes the place of edge-functions/_shared/crash-points.ts in tests: ends the process where RUNBOARD_CRASH_POINT says.
import process from "node:process";
import type { CrashPoint } from "../../edge-functions/_shared/crash-points.ts";

/** Ends the process at once when RUNBOARD_CRASH_POINT names this place, as `point` or `point@step`. */
export function crashPoint(point: CrashPoint, step?: string): void {
  const wanted = process.env["RUNBOARD_CRASH_POINT"];
  if (wanted === point || wanted === `${point}@${step}`) process.exit(137);
}
