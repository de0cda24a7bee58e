import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { sha256Hex } from "./sha256.ts";

const expected = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("agrees with the host at every length around the ends of blocks, anywhere in a buffer", () => {
  const buffer = Uint8Array.from({ length: 1_000 }, (_, n) => (n * 131) & 255);
  for (let length = 0; length <= 260; length++) {
    const bytes = buffer.subarray(length, length * 2);
    expect(sha256Hex(bytes)).toBe(expected(bytes));
  }
});
