// Moments of the day, for waits that end at one.

const two = (n: number): string => String(n).padStart(2, "0");

/**
 * Writes a moment of the local day, with the date when it is not today's.
 * @param at  ISO time
 * @param now milliseconds since the epoch
 * @returns   `14:02`, `14:02:10` when under two minutes away, `21 Nov 14:02` on another day
 */
export function formatMoment(at: string, now: number): string {
  const time = new Date(at);
  const near = Math.abs(time.getTime() - now) < 120_000;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}${near ? `:${two(time.getSeconds())}` : ""}`;
  if (time.toDateString() === new Date(now).toDateString()) return clock;
  return `${time.getDate()} ${time.toLocaleString("en", { month: "short" })} ${clock}`;
}
