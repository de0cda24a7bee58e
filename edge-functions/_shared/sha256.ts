// SHA-256 as everybody here writes it: lower-case hex. Of the runtime's own making: in JavaScript ten megabytes held up the
// worker's other steps five to ten times as long.
import { createHash } from "node:crypto";

/** @param data text counts as its UTF-8 bytes */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
