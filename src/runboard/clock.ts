// How spans and moments are written on cards, rows and axes.

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const two = (n: number): string => String(n).padStart(2, "0");

/**
 * Writes a span so that it never changes width while it ticks within one unit.
 * @param ms   length in milliseconds; negative counts as 0
 * @param live whole seconds only, for spans that still grow
 * @returns    `340 ms`, `4.2 s`, `1m 02s`, `2h 05m`, `3d 04h`
 */
export function formatSpan(ms: number, live = false): string {
  const span = Math.max(0, ms);
  if (span < second && !live) return `${Math.round(span)} ms`;
  if (span < 10 * second && !live) return `${(Math.floor(span / 100) / 10).toFixed(1)} s`;
  if (span < minute) return `${Math.floor(span / second)} s`;
  if (span < hour) return `${Math.floor(span / minute)}m ${two(Math.floor((span % minute) / second))}s`;
  if (span < day) return `${Math.floor(span / hour)}h ${two(Math.floor((span % hour) / minute))}m`;
  return `${Math.floor(span / day)}d ${two(Math.floor((span % day) / hour))}h`;
}

/**
 * Writes a moment of the local day, with the date when it is not today's.
 * @param at  ISO time
 * @param now milliseconds since the epoch
 * @returns   `14:02`, `14:02:10` when under two minutes away, `21 Nov 14:02` on another day
 */
export function formatMoment(at: string, now: number): string {
  const time = new Date(at);
  const near = Math.abs(time.getTime() - now) < 2 * minute;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}${near ? `:${two(time.getSeconds())}` : ""}`;
  if (time.toDateString() === new Date(now).toDateString()) return clock;
  return `${time.getDate()} ${time.toLocaleString("en", { month: "short" })} ${clock}`;
}

/**
 * Writes how far a moment is from now.
 * @returns `just now`, `12 s ago`, `3 min ago`, `2 h ago`, `4 d ago`, or `in …` for the future
 */
export function formatDistance(at: string, now: number): string {
  const distance = new Date(at).getTime() - now;
  const size = Math.abs(distance);
  if (size < 5 * second) return distance > 0 ? "now" : "just now";
  const words =
    size < minute
      ? `${Math.floor(size / second)} s`
      : size < hour
        ? `${Math.floor(size / minute)} min`
        : size < day
          ? `${Math.floor(size / hour)} h`
          : `${Math.floor(size / day)} d`;
  return distance > 0 ? `in ${words}` : `${words} ago`;
}

/** The whole moment for tooltips, e.g. `20 Nov 2026, 14:02:10`. */
export function formatExact(at: string): string {
  const time = new Date(at);
  const date = `${time.getDate()} ${time.toLocaleString("en", { month: "short" })} ${time.getFullYear()}`;
  return `${date}, ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/**
 * How long something has been going on.
 * @param started ISO time, or nothing when it has not begun
 * @param finished ISO time, or nothing while it goes on
 * @returns milliseconds, or null when it has not begun
 */
export function elapsedMs(
  started: string | null | undefined,
  finished: string | null | undefined,
  now: number,
): number | null {
  if (!started) return null;
  return Math.max(0, (finished ? new Date(finished).getTime() : now) - new Date(started).getTime());
}
