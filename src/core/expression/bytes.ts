// UTF-8 and base64 for expressions: the pure ring has no TextEncoder.

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
