// Keeps the secrets a step has used out of everything it leaves behind.
import type { Json } from "../../src/core/json.ts";

const MASK = "[secret]";
/** Shorter values would blank out ordinary text. */
const SHORTEST = 4;

/** Replaces secrets it was told of, in the spellings an upstream service is likely to echo them in. */
export class Redactor {
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  /** @param secret its plain, JSON, percent, hex and base64 spellings are masked from now on */
  add(secret: string): void {
    if (secret.length < SHORTEST) return;
    const before = this.#forms.size;
    for (const form of spellings(secret)) if (form.length >= SHORTEST) this.#forms.add(form);
    if (this.#forms.size === before) return;
    const longestFirst = [...this.#forms].toSorted((a, b) => b.length - a.length);
    this.#pattern = new RegExp(longestFirst.map(escapePattern).join("|"), "gi");
  }

  text(value: string): string {
    return this.#pattern ? value.replace(this.#pattern, MASK) : value;
  }

  /** The value with every string and every key masked. */
  json<T extends Json>(value: T): T;
  json(value: Json): Json {
    if (!this.#pattern) return value;
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.json(item));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.json(item)]));
  }
}

function spellings(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const everyByte = hex.replace(/../g, "%$&");
  const url = encodeURIComponent(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    url,
    url.replaceAll("%20", "+"),
    everyByte,
    hex,
    ...[0, 1, 2].flatMap((offset) => insideBase64(bytes, offset)),
  ];
}

/** The characters of a base64 text that depend on these bytes alone, when they start `offset` bytes into a group of three. */
function insideBase64(bytes: Uint8Array, offset: number): string[] {
  const shifted = new Uint8Array(offset + bytes.length);
  shifted.set(bytes, offset);
  const whole = btoa(String.fromCharCode(...shifted));
  const start = offset === 0 ? 0 : offset + 1;
  const end = Math.floor((shifted.length * 8) / 6);
  const text = whole.slice(start, end);
  return [text, text.replaceAll("+", "-").replaceAll("/", "_"), encodeURIComponent(text)];
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
