// UTF-8, base64 and SHA-256 for expressions: the pure ring has neither TextEncoder nor crypto.

/** UTF-8 bytes of a text; a lone surrogate becomes U+FFFD, as everywhere on the web. */
export function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else
      bytes.push(
        0xf0 | (code >> 18),
        0x80 | ((code >> 12) & 63),
        0x80 | ((code >> 6) & 63),
        0x80 | (code & 63),
      );
  }
  return bytes;
}

/** Text of UTF-8 bytes, or null when they are not UTF-8. */
export function fromUtf8(bytes: readonly number[]): string | null {
  const escaped = bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  try {
    return decodeURIComponent(escaped);
  } catch {
    return null;
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function toBase64(bytes: readonly number[]): string {
  let text = "";
  for (let n = 0; n < bytes.length; n += 3) {
    const [a = 0, b, c] = [bytes[n], bytes[n + 1], bytes[n + 2]];
    const word = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += alphabet.charAt(word >> 18) + alphabet.charAt((word >> 12) & 63);
    text += b === undefined ? "=" : alphabet.charAt((word >> 6) & 63);
    text += c === undefined ? "=" : alphabet.charAt(word & 63);
  }
  return text;
}

/** Bytes of standard or URL-safe base64, padded or not; null when it is neither. */
export function fromBase64(text: string): number[] | null {
  const bytes: number[] = [];
  let [word, bits] = [0, 0];
  for (const character of text.replaceAll("-", "+").replaceAll("_", "/").replaceAll("=", "")) {
    const value = alphabet.indexOf(character);
    if (value < 0) return null;
    word = ((word << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((word >> bits) & 255);
  }
  return bytes;
}

/** The first `count` primes' roots as 32-bit fractions, the constants of FIPS 180-4. */
function fractions(count: number, root: number): number[] {
  const values: number[] = [];
  for (let n = 2; values.length < count; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
    if (prime) values.push((n ** (1 / root) * 0x1_0000_0000) | 0);
  }
  return values;
}

const rounds = fractions(64, 3);
const start = fractions(8, 2);

/** SHA-256 as 64 lower-case hex characters. Source: FIPS 180-4. */
export function sha256Hex(bytes: readonly number[]): string {
  const padded = [...bytes, 0x80];
  while (padded.length % 64 !== 56) padded.push(0);
  const bits = bytes.length * 8;
  for (const part of [Math.floor(bits / 0x1_0000_0000), bits >>> 0])
    padded.push(part >>> 24, (part >>> 16) & 255, (part >>> 8) & 255, part & 255);
  const state = Int32Array.from(start);
  const words = new Int32Array(64);
  for (let offset = 0; offset < padded.length; offset += 64) digestBlock(padded, offset, state, words);
  return [...state].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

function digestBlock(bytes: readonly number[], offset: number, state: Int32Array, w: Int32Array): void {
  const turn = (x: number, by: number) => (x >>> by) | (x << (32 - by));
  const at = (index: number) => w[index] ?? 0;
  for (let n = 0; n < 16; n++) {
    const byte = (index: number) => bytes[offset + n * 4 + index] ?? 0;
    w[n] = (byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3);
  }
  for (let n = 16; n < 64; n++) {
    const [a, b] = [at(n - 15), at(n - 2)];
    w[n] =
      at(n - 16) +
      (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) +
      at(n - 7) +
      (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let n = 0; n < 64; n++) {
    const one =
      (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + (rounds[n] ?? 0) + at(n)) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, n) => (state[n] = (state[n] ?? 0) + value));
}
