// Canonical JSON as UTF-8, the form every hash is taken over. A plan's thousand steps are written on every edit, so they go straight into
// one buffer: no sorted copies, no pieces of text to join, and nothing left behind to collect.
import type { Canonical } from "./canonical.ts";

const [quote, comma, colon] = [34, 44, 58];

/** A larger buffer, made for some file, is let go again. */
const largestKept = 1 << 20;

export class CanonicalWriter {
  private buffer = new Uint8Array(4_096);
  private at = 0;

  /** Forgets what was written; the buffer is used again. */
  start(): this {
    if (this.buffer.length > largestKept) this.buffer = new Uint8Array(4_096);
    this.at = 0;
    return this;
  }

  /** What was written: a view, valid until the next start. */
  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.at);
  }

  /** @throws RangeError for a number JSON cannot hold (NaN, infinities) */
  value(value: Canonical): void {
    if (typeof value === "string") this.text(value);
    else if (typeof value === "number") this.ascii(finite(value));
    else if (value === null || value === undefined) this.ascii("null");
    else if (typeof value === "boolean") this.ascii(value ? "true" : "false");
    else if (isList(value)) this.list(value);
    else this.fields(value, Object.keys(value));
  }

  /** An object's fields, in the order of their names' UTF-16 code units; those that hold `undefined` are left out. */
  private fields(value: { readonly [key: string]: Canonical }, keys: string[]): void {
    for (let n = 1; n < keys.length; n++)
      if ((keys[n - 1] ?? "") > (keys[n] ?? "")) {
        keys.sort();
        break;
      }
    let first = true;
    this.byte(123);
    for (const key of keys) {
      const field = value[key];
      if (field === undefined) continue;
      if (!first) this.byte(comma);
      first = false;
      this.text(key);
      this.byte(colon);
      this.value(field);
    }
    this.byte(125);
  }

  private list(list: readonly Canonical[]): void {
    this.byte(91);
    for (let n = 0; n < list.length; n++) {
      if (n > 0) this.byte(comma);
      this.value(list[n]);
    }
    this.byte(93);
  }

  /** A string; nearly all are plain ASCII and are copied as they are read. */
  private text(text: string): void {
    const { length } = text;
    this.reserve(length + 2);
    const { buffer } = this;
    let { at } = this;
    buffer[at++] = quote;
    for (let n = 0; n < length; n++) {
      const code = text.charCodeAt(n);
      if (code < 32 || code > 126 || code === quote || code === 92) return this.utf8(JSON.stringify(text));
      buffer[at++] = code;
    }
    buffer[at++] = quote;
    this.at = at;
  }

  /** Text that is not quoted and holds nothing but ASCII. */
  ascii(text: string): void {
    const { length } = text;
    this.reserve(length);
    const { buffer, at } = this;
    for (let n = 0; n < length; n++) buffer[at + n] = text.charCodeAt(n);
    this.at = at + length;
  }

  /** What was written elsewhere. */
  copy(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }

  private byte(byte: number): void {
    this.reserve(1);
    this.buffer[this.at++] = byte;
  }

  /** Text as JSON.stringify gives it: it has no lone surrogates, those are escaped. */
  private utf8(text: string): void {
    this.reserve(text.length * 3);
    const { buffer } = this;
    let { at } = this;
    for (let n = 0; n < text.length; n++) {
      const code = text.codePointAt(n) ?? 0;
      if (code < 0x80) buffer[at++] = code;
      else if (code < 0x800) {
        buffer[at++] = 0xc0 | (code >> 6);
        buffer[at++] = 0x80 | (code & 63);
      } else {
        if (code < 0x10000) buffer[at++] = 0xe0 | (code >> 12);
        else {
          n++;
          buffer[at++] = 0xf0 | (code >> 18);
          buffer[at++] = 0x80 | ((code >> 12) & 63);
        }
        buffer[at++] = 0x80 | ((code >> 6) & 63);
        buffer[at++] = 0x80 | (code & 63);
      }
    }
    this.at = at;
  }

  private reserve(bytes: number): void {
    const needed = this.at + bytes;
    if (needed <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    larger.set(this.buffer);
    this.buffer = larger;
  }
}

const writer = new CanonicalWriter();

/** The bytes of `canonicalJson(value)`: a view that the next call writes over. */
export function canonicalBytes(value: Canonical): Uint8Array {
  writer.start().value(value);
  return writer.bytes();
}

function finite(value: number): string {
  if (Number.isFinite(value)) return String(value);
  throw new RangeError(`JSON cannot hold the number ${value}.`);
}

function isList(value: Canonical): value is readonly Canonical[] {
  return Array.isArray(value);
}
