// Named places where a worker's death is hardest to recover from. Here nothing happens: only tests put another file in this one's place
// (e2e/servers/crash-points.ts), so that what is shipped holds no way to end a process.

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
  | "after_publish"
  | "after_slots"
  | "after_open_firings"
  | "after_fire"
  | "before_fire_hook"
  | "after_fire_hook";

/**
 * Marks a place.
 * @param _step key of the step at hand, if there is one
 */
export function crashPoint(_point: CrashPoint, _step?: string): void {}
