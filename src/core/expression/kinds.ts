// The few kinds of value CEL operators tell apart, read off JSON Schemas.
import type { Schema } from "../json.ts";
import { isPlainlyTyped, variantsOf } from "../schema-type.ts";

export type CelKind =
  | "null"
  | "bool"
  | "number"
  | "string"
  | "list"
  | "map"
  | "timestamp"
  | "duration"
  | "bytes";

const ofPlain = {
  null: "null",
  boolean: "bool",
  number: "number",
  string: "string",
  array: "list",
  object: "map",
} as const;
const special: readonly CelKind[] = ["timestamp", "duration", "bytes"];

/** Shared by every schema that names one type and nothing a closer look would need. */
const ofType: ReadonlyMap<unknown, ReadonlySet<CelKind>> = new Map<string, ReadonlySet<CelKind>>([
  ...Object.entries(ofPlain).map(([type, kind]) => [type, new Set([kind])] as const),
  ["integer", new Set(["number"] as const)],
]);
const cached = new WeakMap<Schema, ReadonlySet<CelKind> | "any">();

/** The kinds a value of that schema may have; "any" when nothing is known. */
export function kindsOf(schema: Schema): ReadonlySet<CelKind> | "any" {
  const known = (isPlainlyTyped(schema) ? ofType.get(schema.type) : undefined) ?? cached.get(schema);
  if (known) return known;
  const own = special.find((kind) => kind === schema["x-cel"]);
  const variants = own ? null : variantsOf(schema);
  const kinds = own ? new Set([own]) : variants ? new Set(variants.map(({ type }) => ofPlain[type])) : "any";
  cached.set(schema, kinds);
  return kinds;
}

/** The kind a type of the library's notation stands for; null for anything. */
export function kindOfTypeName(name: string): CelKind | null {
  if (name === "int" || name === "double" || name === "uint") return "number";
  if (name.startsWith("list")) return "list";
  if (name.startsWith("map")) return "map";
  if (name.endsWith("Timestamp")) return "timestamp";
  if (name.endsWith("Duration")) return "duration";
  return name === "string" || name === "bool" || name === "bytes" || name === "null" ? name : null;
}

const names: Readonly<Record<CelKind, string>> = {
  null: "null",
  bool: "true or false",
  number: "a number",
  string: "text",
  list: "a list",
  map: "an object",
  timestamp: "a time",
  duration: "a length of time",
  bytes: "bytes",
};

/** Kinds in plain words, for messages. */
export function describeKinds(kinds: ReadonlySet<CelKind> | "any"): string {
  return kinds === "any" ? "anything" : [...kinds].map((kind) => names[kind]).join(" or ");
}

export function mayBe(kinds: ReadonlySet<CelKind> | "any", kind: CelKind | null): boolean {
  return kind === null || kinds === "any" || kinds.has(kind);
}
