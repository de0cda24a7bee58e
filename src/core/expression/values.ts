// CEL values and JSON: equality, order, text and the way back to plain JSON.
import type { Json } from "../json.ts";
import { StepError } from "../failure.ts";
import { holds, limitError, spend } from "./meter.ts";

/** What a CEL value may be at run time besides JSON: bigint for literals, Date, and the library's own classes. */
export type CelValue = unknown;

const maxResultCharacters = 1_000_000;

export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const parent: unknown = Object.getPrototypeOf(value);
  return parent === null || parent === Object.prototype;
}

/** JSON equality; an integer equals the double of the same size; values of different types differ. */
export function sameValue(a: CelValue, b: CelValue): boolean {
  spend(typeof a === "string" && typeof b === "string" ? Math.min(a.length, b.length) / 256 : 1);
  if (a === b) return true;
  if (typeof a === "bigint" || typeof b === "bigint") return isNumber(a) && isNumber(b) && a == b;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, n) => sameValue(item, b[n]));
  if (a instanceof Map || b instanceof Map) return sameValue(asRecord(a), asRecord(b));
  if (isRecord(a)) {
    if (!isRecord(b)) return false;
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
    );
  }
  return a.constructor === b.constructor && String(a) === String(b);
}

function asRecord(value: object): object {
  return value instanceof Map ? Object.fromEntries(value) : value;
}

export function isNumber(value: CelValue): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Order for sort, min and max: numbers, then texts, then the rest as JSON text. */
export function compareValues(a: CelValue, b: CelValue): number {
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1;
  const [left, right] = [textOf(a), textOf(b)];
  spend(Math.min(left.length, right.length) / 256);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** How JSON stands inside text: strings as they are, null as nothing, the rest as JSON. */
export function jsonText(value: Json): string {
  return value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
}

/** How a value stands inside text: strings as they are, null as nothing, the rest as JSON. */
export function textOf(value: CelValue): string {
  if (typeof value === "string") return value;
  return jsonText(toJson(value));
}

/**
 * The value as plain JSON: integers become numbers, times ISO text, durations "90s".
 * @throws StepError when it holds something JSON cannot, or is larger than 1 MB
 */
export function toJson(value: CelValue): Json {
  const room = { characters: maxResultCharacters };
  return plain(value, room, 0);
}

function plain(value: CelValue, room: { characters: number }, depth: number): Json {
  spend(1);
  room.characters -= typeof value === "string" ? value.length + 2 : 4;
  if (room.characters < 0) throw limitError("The result of the expression is larger than 1 MB.");
  if (depth > 200) throw limitError("The result of the expression is nested more than 200 levels deep.");
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (isNumber(value)) return plainNumber(value);
  if (Array.isArray(value)) return value.map((item) => plain(item, room, depth + 1));
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Map) return plain(Object.fromEntries(value), room, depth);
  if (value instanceof Uint8Array) throw notJson("bytes; encode them with base64()");
  if (isRecord(value)) {
    const record: { [key: string]: Json } = {};
    for (const key of Object.keys(value)) {
      room.characters -= key.length + 3;
      // Assigning "__proto__" would set the prototype instead of a field.
      if (key !== "__proto__") record[key] = plain(value[key], room, depth + 1);
    }
    return record;
  }
  if (isTextual(value)) return value.toString();
  throw notJson("a value that is not JSON");
}

function plainNumber(value: number | bigint): number {
  const number = Number(value);
  if (!Number.isFinite(number)) throw notJson(`the number ${number}`);
  if (typeof value === "bigint" && !Number.isSafeInteger(number))
    throw notJson(`the integer ${value}, which JSON numbers cannot hold exactly`);
  return Object.is(number, -0) ? 0 : number;
}

function isTextual(value: unknown): value is { toString(): string } {
  return typeof value === "object" && value !== null && "seconds" in value && "nanos" in value;
}

function notJson(what: string): StepError {
  return new StepError("validation", "expression_failed", `The expression gives ${what}.`, {
    hint: "Turn it into text or a number first.",
  });
}

/** The number of items or characters a value has, as `size()` counts them. */
export function sizeOf(value: CelValue): number {
  if (typeof value === "string") {
    holds(value.length);
    let size = 0;
    for (const _ of value) size++;
    return size;
  }
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  if (value instanceof Map) return value.size;
  if (isRecord(value)) {
    const size = Object.keys(value).length;
    spend(size / 64);
    return size;
  }
  throw new StepError("validation", "expression_failed", "size() needs a text, a list or an object.");
}
