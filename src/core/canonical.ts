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
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError(`JSON cannot hold the number ${value}.`);
    return Object.is(value, -0) ? "0" : String(value);
  }
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || value === undefined || typeof value === "boolean") return String(value ?? null);
  if (isList(value)) {
    let list = "[";
    for (let n = 0; n < value.length; n++) list += (n > 0 ? "," : "") + canonicalJson(value[n]);
    return `${list}]`;
  }
  let object = "{";
  for (const key of Object.keys(value).sort()) {
    const field = value[key];
    if (field === undefined) continue;
    object += `${object.length > 1 ? "," : ""}${JSON.stringify(key)}:${canonicalJson(field)}`;
  }
  return `${object}}`;
}

function isList(value: Canonical): value is readonly Canonical[] {
  return Array.isArray(value);
}
