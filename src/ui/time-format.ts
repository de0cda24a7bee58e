// How durations and distances in time are written. All arguments in milliseconds.

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const two = (n: number) => String(n).padStart(2, "0");

/** @returns e.g. "340 ms", "4.2 s", "3 m 07 s", "2 h 05 m", "4 d 3 h" */
export function formatDuration(ms: number): string {
  const rest = Math.max(0, ms);
  if (rest < second) return `${Math.round(rest)} ms`;
  if (rest < 10 * second) return `${(Math.floor(rest / 100) / 10).toFixed(1)} s`;
  if (rest < minute) return `${Math.floor(rest / second)} s`;
  if (rest < hour) return `${Math.floor(rest / minute)} m ${two(Math.floor((rest % minute) / second))} s`;
  if (rest < day) return `${Math.floor(rest / hour)} h ${two(Math.floor((rest % hour) / minute))} m`;
  return `${Math.floor(rest / day)} d ${Math.floor((rest % day) / hour)} h`;
}

/** Like {@link formatDuration} with whole seconds from the start, so that a ticking figure keeps its width. */
export function formatElapsed(ms: number): string {
  return ms < minute ? `${Math.floor(Math.max(0, ms) / second)} s` : formatDuration(ms);
}

function distance(ms: number): string {
  if (ms < minute) return `${Math.max(1, Math.floor(ms / second))} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < day) return `${Math.floor(ms / hour)} h`;
  return `${Math.floor(ms / day)} d`;
}

/** @returns "now", "3 min ago", "in 20 s"; after 30 days the date */
export function formatRelative(at: number, now: number): string {
  const ms = now - at;
  if (Math.abs(ms) < second) return "now";
  if (Math.abs(ms) > 30 * day)
    return new Date(at).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });
  return ms > 0 ? `${distance(ms)} ago` : `in ${distance(-ms)}`;
}

/** @returns local date and time to the second, with its zone */
export function formatAbsolute(at: number): string {
  return new Date(at).toLocaleString(undefined, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  });
}
