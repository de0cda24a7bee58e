// How long a server asks us to wait.

const LONGEST_MS = 15 * 60 * 1_000;

/**
 * Reads `Retry-After`: seconds or an HTTP date.
 * @param now milliseconds since the epoch, by the clock the date was made with: `answeredAt`
 * @returns   milliseconds, at most 15 minutes; undefined when absent or unreadable
 */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1_000), LONGEST_MS);
  if (!/^[A-Z][a-z]{2}/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(at - now, 0), LONGEST_MS);
}

/**
 * When a server answered, by its own clock if it says so: ours may be an hour off, and then so would be every wait until a date.
 * @param date the answer's `Date`
 * @param now  our own clock
 */
export function answeredAt(date: string | null | undefined, now: number): number {
  const said = Date.parse(date ?? "");
  return Number.isNaN(said) ? now : said;
}
