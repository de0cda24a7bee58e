// The functions expressions may call besides CEL's own: one table for the evaluator, the type check, completion and the docs.
import type { Schema } from "../json.ts";
import { sha256Hex } from "../sha256.ts";
import { fromBase64, fromUtf8, toBase64, utf8 } from "./bytes.ts";
import { formatDate } from "./dates.ts";
import { globMatches } from "./glob.ts";
import {
  decode,
  distinct,
  extreme,
  firstOf,
  flat,
  merged,
  parseJson,
  range,
  replaceAll,
  sorted,
  sum,
  unUri,
  uri,
} from "./helper-functions.ts";
import { spend } from "./meter.ts";
import { toJson, type CelValue } from "./values.ts";

/**
 * `signature` is the library's notation; a `type.` in front makes it a method.
 * `gives` names a result that depends on the operand: `item` of the list, the list itself, or either argument.
 */
export interface Helper {
  signature: string;
  doc: string;
  gives?: "item" | "list" | "items" | "arguments";
  run: (...args: never[]) => CelValue;
}

export const helpers: readonly Helper[] = [
  {
    signature: "string.upper(): string",
    doc: "The text in upper case.",
    run: (text: string) => text.toUpperCase(),
  },
  {
    signature: "string.lower(): string",
    doc: "The text in lower case.",
    run: (text: string) => text.toLowerCase(),
  },
  {
    signature: "string.replace(string, string): string",
    doc: "Every occurrence of the first text replaced by the second.",
    run: replaceAll,
  },
  {
    signature: "string.glob(string): bool",
    doc: "Whether the whole text matches: * is any text, ? one character.",
    run: globMatches,
  },
  {
    signature: "list.first(): dyn",
    doc: "The first item, or null.",
    gives: "item",
    run: (list: CelValue[]) => list[0] ?? null,
  },
  {
    signature: "list.last(): dyn",
    doc: "The last item, or null.",
    gives: "item",
    run: (list: CelValue[]) => list.at(-1) ?? null,
  },
  {
    signature: "list.flatten(): list",
    doc: "Lists inside the list, opened one level.",
    gives: "items",
    run: flat,
  },
  {
    signature: "list.distinct(): list",
    doc: "Each different item once, in order.",
    gives: "list",
    run: distinct,
  },
  { signature: "list.sort(): list", doc: "The items in ascending order.", gives: "list", run: sorted },
  {
    signature: "list.reverse(): list",
    doc: "The items in reverse order.",
    gives: "list",
    run: (list: CelValue[]) => (spend(list.length / 16), list.toReversed()),
  },
  { signature: "list.sum(): double", doc: "The sum of the numbers in the list.", run: sum },
  {
    signature: "list.min(): dyn",
    doc: "The least item, or null.",
    gives: "item",
    run: (list: CelValue[]) => extreme(list, -1),
  },
  {
    signature: "list.max(): dyn",
    doc: "The greatest item, or null.",
    gives: "item",
    run: (list: CelValue[]) => extreme(list, 1),
  },
  {
    signature: "range(double): list<double>",
    doc: "The numbers from 0 up to, but not including, the end.",
    run: (end: number) => range(0, end),
  },
  {
    signature: "range(double, double): list<double>",
    doc: "The numbers from the first up to, but not including, the second.",
    run: range,
  },
  {
    signature: "map.keys(): list<string>",
    doc: "The names of an object's fields, sorted.",
    run: (map: object) => sorted(Object.keys(map)),
  },
  { signature: "map.merge(map): map", doc: "Both objects as one; the second wins.", run: merged },
  { signature: "abs(double): double", doc: "The number without its sign.", run: Math.abs },
  { signature: "floor(double): double", doc: "The next whole number down.", run: Math.floor },
  { signature: "ceil(double): double", doc: "The next whole number up.", run: Math.ceil },
  { signature: "round(double): double", doc: "The nearest whole number; halves go up.", run: Math.round },
  {
    signature: "round(double, double): double",
    doc: "The number rounded to so many decimal places.",
    run: (value: number, places: number) => Number(value.toFixed(Math.min(Math.max(places, 0), 20))),
  },
  {
    signature: "formatDate(dyn, string): string",
    doc: "A time as text, in UTC: yyyy MM dd HH mm ss SSS stand for its parts.",
    run: formatDate,
  },
  {
    signature: "json(dyn): string",
    doc: "The value as JSON text.",
    run: (value: CelValue) => JSON.stringify(toJson(value)),
  },
  { signature: "parseJson(string): dyn", doc: "The value some JSON text holds.", run: parseJson },
  {
    signature: "base64Encode(string): string",
    doc: "The text's UTF-8 bytes as base64.",
    run: (text: string) => (spend(text.length / 4), toBase64(utf8(text))),
  },
  {
    signature: "base64Decode(string): string",
    doc: "The text some base64 holds.",
    run: (text: string) => (
      spend(text.length / 4),
      decode(
        text,
        (t) => {
          const bytes = fromBase64(t);
          return bytes && fromUtf8(bytes);
        },
        "base64Decode",
      )
    ),
  },
  {
    signature: "sha256(string): string",
    doc: "The SHA-256 of the text, in hex.",
    run: (text: string) => (spend(text.length / 2), sha256Hex(Uint8Array.from(utf8(text)))),
  },
  {
    signature: "uriEncode(string): string",
    doc: "The text made safe as a part of a URL.",
    run: (text: string) => (spend(text.length / 32), decode(text, uri, "uriEncode")),
  },
  {
    signature: "uriDecode(string): string",
    doc: "The text a part of a URL stands for.",
    run: (text: string) => decode(text, unUri, "uriDecode"),
  },
  {
    signature: "coalesce(dyn, dyn): dyn",
    doc: "The first of the values that is not null.",
    gives: "arguments",
    run: firstOf,
  },
  {
    signature: "coalesce(dyn, dyn, dyn): dyn",
    doc: "The first of the values that is not null.",
    gives: "arguments",
    run: firstOf,
  },
];

/** The result's schema under a signature's return type; `{}` is any. */
export const returnSchemas: Readonly<Record<string, Schema>> = {
  string: { type: "string" },
  bool: { type: "boolean" },
  int: { type: "integer" },
  double: { type: "number" },
  dyn: {},
  list: { type: "array" },
  "list<dyn>": { type: "array" },
  map: { type: "object" },
  "map<dyn, dyn>": { type: "object" },
  "list<string>": { type: "array", items: { type: "string" } },
  "list<double>": { type: "array", items: { type: "number" } },
  "google.protobuf.Timestamp": { "x-cel": "timestamp" },
  "google.protobuf.Duration": { "x-cel": "duration" },
  bytes: { "x-cel": "bytes" },
};
