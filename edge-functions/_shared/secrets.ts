// Comparing secrets without telling by the time it takes how much of a guess was right.
import { sha256 } from "./sha256.ts";

export function equalSecrets(given: string, expected: string): boolean {
  const left = sha256(given);
  const right = sha256(expected);
  let difference = 0;
  for (let at = 0; at < left.length; at++) difference |= left.charCodeAt(at) ^ right.charCodeAt(at);
  return difference === 0;
}
