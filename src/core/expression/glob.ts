// Wildcards in linear space and bounded time: what stands in for regular expressions.
import { spend } from "./meter.ts";

/** Whether the whole text matches: `*` is any text (also none), `?` exactly one character. */
export function globMatches(text: string, pattern: string): boolean {
  let [t, p] = [0, 0];
  let [star, mark] = [-1, 0];
  while (t < text.length) {
    spend(1 / 16);
    if (p < pattern.length && pattern[p] === "*") [star, mark, p] = [p, t, p + 1];
    else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) [t, p] = [t + 1, p + 1];
    else if (star >= 0) [mark, t, p] = [mark + 1, mark + 1, star + 1];
    else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
