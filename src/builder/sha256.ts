// SHA-256 for the live compiler.
import { sha256 as digest } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** Digest of bytes as 64 lower-case hex characters. */
export function sha256(bytes: Uint8Array): string {
  return bytesToHex(digest(bytes));
}
