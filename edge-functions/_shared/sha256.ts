// SHA-256 as everybody here writes it: lower-case hex.
import { sha256 as digest } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

const utf8 = new TextEncoder();

/** @param data text counts as its UTF-8 bytes */
export function sha256(data: string | Uint8Array): string {
  return bytesToHex(digest(typeof data === "string" ? utf8.encode(data) : data));
}
