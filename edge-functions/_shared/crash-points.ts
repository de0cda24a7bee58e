// Named places where tests end the process, so that recovery is proven where it is hardest.
import process from "node:process";
import { env } from "./env.ts";

export type CrashPoint =
  | "after_claim"
  | "before_start_marker"
  | "after_start_marker"
  | "before_effect"
  | "after_effect"
  | "before_report"
  | "after_report"
  | "first_heartbeat"
  | "before_publish"
  | "after_publish";

/**
 * Ends the process at once when RUNBOARD_CRASH_POINT names this place, as `point` or `point@step`. Does nothing otherwise.
 * @param step key of the step at hand, if there is one
 */
export function crashPoint(point: CrashPoint, step?: string): void {
  const wanted = env().RUNBOARD_CRASH_POINT;
  if (wanted === undefined) return;
  if (wanted === point || wanted === `${point}@${step}`) process.exit(137);
}
