// SHA-256 for the live compiler.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

const known = new Map<string, string>();

/** Digest of UTF-8 text as 64 lower-case hex characters. While one node is edited the texts of all others stay the same, so they are remembered. */
export function hashText(text: string): string {
  let hash = known.get(text);
  if (hash !== undefined) return hash;
  if (known.size > 5_000) known.clear();
  hash = bytesToHex(sha256(utf8ToBytes(text)));
  known.set(text, hash);
  return hash;
}
