// When a schedule is due: cron in a time zone, what was missed, and how far a trigger stands from the full minute.
import { Cron } from "croner";

export type CatchUp = "none" | "latest" | "all";

export interface Schedule {
  /** Five fields, or six with seconds first. */
  cron: string;
  /** IANA name, such as Europe/Berlin. */
  timezone: string;
  catchUp: CatchUp;
  /** Each trigger stands this far at most behind the times its cron names, always by the same amount. */
  jitterMs: number;
}

/** What of a schedule is to be fired now. All times are milliseconds since the epoch. */
export interface DueSlots {
  /** Oldest first; `at` is the slot with the trigger's own distance added. */
  slots: { slot: number; at: number }[];
  /** Everything up to here is dealt with. */
  cursor: number;
  /** When to look again; null when the schedule never comes round any more. */
  next: number | null;
}

/** A slot that is met within this time is not missed: looks are seconds apart, and restarts take a while. */
export const onTimeMs = 60_000;

/** At most so many missed slots are made good by `all`. */
export const mostMissed = 100;

/** Why this is not a schedule, in words for its author; null when it is one. */
export function scheduleProblem(cron: string, timezone: string): string | null {
  if (!isTimezone(timezone)) return `There is no time zone "${timezone}".`;
  const parts = cron.trim().split(/\s+/).length;
  if (parts !== 5 && parts !== 6)
    return "Cron has five fields (minute, hour, day, month, weekday), or six with seconds first.";
  try {
    void new Cron(cron, { timezone, paused: true });
    return null;
  } catch (cause) {
    return (cause instanceof Error ? cause.message : String(cause)).replace(/^CronPattern: /, "");
  }
}

function isTimezone(name: string): boolean {
  try {
    void new Intl.DateTimeFormat("en", { timeZone: name });
    return name !== "";
  } catch {
    return false;
  }
}

/** The next times a schedule names, as milliseconds; none when it is not one or never comes round. */
export function nextSlots(
  { cron, timezone }: Pick<Schedule, "cron" | "timezone">,
  from: number,
  count: number,
): number[] {
  if (scheduleProblem(cron, timezone) !== null) return [];
  return new Cron(cron, { timezone, paused: true }).nextRuns(count, new Date(from)).map(Number);
}

/**
 * What is due between the cursor and now. A pure function of its arguments, so that two engines that ask get the same answer.
 * @param trigger id of the trigger: decides its distance from the full minute
 * @param cursor  slots up to here were dealt with before
 * @param now     the database's clock
 */
export function dueSlots(schedule: Schedule, trigger: string, cursor: number, now: number): DueSlots {
  const { cron, timezone, catchUp, jitterMs } = schedule;
  if (scheduleProblem(cron, timezone) !== null) return { slots: [], cursor, next: null };
  const distance = distanceOf(trigger, jitterMs);
  const horizon = now - distance;
  const clock = new Cron(cron, { timezone, paused: true });
  const recent = slotsBetween(clock, cursor, horizon);
  const onTime = recent.filter((slot) => slot > horizon - onTimeMs);
  const missed = recent.filter((slot) => slot <= horizon - onTimeMs).slice(-mostMissed);
  const next = clock.nextRun(new Date(horizon));
  return {
    slots: [...caughtUp(missed, onTime, catchUp), ...onTime].map((slot) => ({ slot, at: slot + distance })),
    cursor: Math.max(cursor, horizon),
    next: next === null ? null : Number(next) + distance,
  };
}

/** Oldest first, and no more than can matter: after a long absence the oldest are left out. */
function slotsBetween(clock: Cron, after: number, until: number): number[] {
  const found: number[] = [];
  // The library steps in whole seconds; one is added so that a slot at the very end counts.
  let from = until + 1_000;
  while (found.length < mostMissed + onTimeMs / 1_000) {
    const slot = Number(clock.previousRuns(1, new Date(from))[0] ?? Number.NEGATIVE_INFINITY);
    if (slot <= after) break;
    if (slot <= until) found.push(slot);
    from = slot;
  }
  return found.reverse();
}

/** `latest` makes one of all that was missed, unless a later one is due anyway. */
function caughtUp(missed: number[], onTime: number[], catchUp: CatchUp): number[] {
  if (catchUp === "all") return missed;
  return catchUp === "latest" && onTime.length === 0 ? missed.slice(-1) : [];
}

/** The same for the same trigger, spread evenly over the triggers: FNV-1a of its id. */
export function distanceOf(trigger: string, jitterMs: number): number {
  let hash = 0x811c9dc5;
  for (const char of trigger) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return jitterMs > 0 ? hash % jitterMs : 0;
}
