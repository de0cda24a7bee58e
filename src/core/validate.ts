// Checks a JSON value against a JSON Schema, without eval and without running anybody's regular expression.
import { z } from "zod";
import type { Json, Schema } from "./json.ts";

export interface SchemaViolation {
  /** `body.items[0].total`; empty for the value itself. */
  path: string;
  message: string;
}

export type Validation = { ok: true } | { ok: false; errors: SchemaViolation[] };

/** Text under `pattern` would run as a host regular expression, which has no bound on its time; the others have no meaning here. */
const dropped = new Set([
  "pattern",
  "patternProperties",
  "propertyNames",
  "if",
  "then",
  "else",
  "not",
  "unevaluatedItems",
  "unevaluatedProperties",
  "dependentSchemas",
  "dependentRequired",
  "default",
  "$schema",
  "$id",
  "id",
  "x-labels",
]);
const formats = new Set(["date-time", "date", "time", "email", "uri", "uuid", "ipv4", "ipv6"]);

const prepared = new WeakMap<Schema, z.ZodType>();

/**
 * @param schema JSON Schema 2020-12; keywords that cannot be checked in bounded time are not checked
 * @returns      the first 20 violations, each with its place
 */
export function validateJson(schema: Schema, value: Json): Validation {
  const result = zodOf(schema).safeParse(value);
  if (result.success) return { ok: true };
  return {
    ok: false,
    errors: result.error.issues
      .slice(0, 20)
      .map((issue) => ({ path: pathText(issue.path), message: issue.message })),
  };
}

function zodOf(schema: Schema): z.ZodType {
  const known = prepared.get(schema);
  if (known) return known;
  const made = convert(schema);
  prepared.set(schema, made);
  return made;
}

function convert(schema: Schema): z.ZodType {
  try {
    const plain = bounded(schema, 0);
    return typeof plain === "object" && plain !== null && !Array.isArray(plain)
      ? z.fromJSONSchema(plain)
      : z.unknown();
  } catch {
    // A schema that is not one says nothing about the value.
    return z.unknown();
  }
}

function bounded(schema: Json, depth: number): Json {
  if (depth > 60) return {};
  if (Array.isArray(schema)) return schema.map((item) => bounded(item, depth + 1));
  if (schema === null || typeof schema !== "object") return schema;
  const kept: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "enum" || key === "const" || key === "required") kept[key] = value;
    else if (key === "properties" || key === "$defs" || key === "definitions")
      kept[key] = boundedFields(value, depth);
    else if (key === "format" ? typeof value === "string" && formats.has(value) : !dropped.has(key))
      kept[key] = bounded(value, depth + 1);
  }
  return kept;
}

/** Under `properties` a name is a field of the value, so a field may well be called "pattern". */
function boundedFields(fields: Json, depth: number): Json {
  if (fields === null || typeof fields !== "object" || Array.isArray(fields)) return {};
  return Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [name, bounded(schema, depth + 1)]),
  );
}

/** `body.items[0].total` of a list of keys. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`,
    "",
  );
}
