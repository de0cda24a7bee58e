// How long a server asks us to wait.

const LONGEST_MS = 15 * 60 * 1_000;

/**
 * Reads `Retry-After`: seconds or an HTTP date.
 * @param now milliseconds since the epoch
 * @returns   milliseconds, at most 15 minutes; undefined when absent or unreadable
 */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1_000), LONGEST_MS);
  if (!/^[A-Z][a-z]{2}/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(at - now, 0), LONGEST_MS);
}
