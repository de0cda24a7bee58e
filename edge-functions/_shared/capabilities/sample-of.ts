// Makes data that fits a JSON Schema, the same for the same seed.
import type { Json, JsonObject, Schema } from "../../../src/core/json.ts";

const MOST_DEPTH = 8;

interface Source {
  root: Schema;
  hints: JsonObject;
  /** The next number from 0 up to, not including, `below`. */
  next(below: number): number;
}

/**
 * @param seed  hex digits; equal seeds give equal data
 * @param hints values to prefer for fields of the same name, where they fit the field's type
 */
export function sampleOf(schema: Schema, seed: string, hints: JsonObject = {}): Json {
  let state = Number.parseInt(seed.slice(0, 8), 16) || 1;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return make(schema, { root: schema, hints, next }, "value", 0);
}

function make(schema: Schema, source: Source, name: string, depth: number): Json {
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) {
    const hint = source.hints[name];
    if (hint !== undefined && schema.enum.includes(hint)) return hint;
    return schema.enum[source.next(schema.enum.length)] ?? null;
  }
  if (typeof schema.$ref === "string") {
    return depth > MOST_DEPTH ? null : make(lookUp(schema.$ref, source.root), source, name, depth + 1);
  }
  const options = [schema.anyOf, schema.oneOf].find((list) => Array.isArray(list) && list.length > 0);
  if (Array.isArray(options)) return make(asSchema(options[0]), source, name, depth + 1);
  if (Array.isArray(schema.allOf)) {
    const merged = schema.allOf.map(asSchema).reduce(mergeSchemas, { ...schema, allOf: null });
    return make({ ...merged, allOf: null }, source, name, depth + 1);
  }
  return makeTyped(typeOf(schema), schema, source, name, depth);
}

function makeTyped(type: string, schema: Schema, source: Source, name: string, depth: number): Json {
  const hint = source.hints[name];
  if (hint !== undefined && typeName(hint) === type && typeof hint !== "object") return hint;
  if (type === "object") return makeObject(schema, source, depth);
  if (type === "array") return makeArray(schema, source, name, depth);
  if (type === "string") return makeString(schema, source, name);
  if (type === "boolean") return source.next(2) === 1;
  if (type === "null") return null;
  return makeNumber(schema, source, type === "integer");
}

function makeObject(schema: Schema, source: Source, depth: number): JsonObject {
  const fields = asSchema(schema.properties);
  const required = Array.isArray(schema.required) ? schema.required : [];
  const wanted = Object.keys(fields).filter((key) => required.includes(key) || depth < MOST_DEPTH / 2);
  return Object.fromEntries(wanted.map((key) => [key, make(asSchema(fields[key]), source, key, depth + 1)]));
}

function makeArray(schema: Schema, source: Source, name: string, depth: number): Json[] {
  const least = numberOr(schema.minItems, 0);
  const most = numberOr(schema.maxItems, Math.max(least, 3));
  if (depth >= MOST_DEPTH && least === 0) return [];
  const count = Math.max(least, Math.min(most, 1 + source.next(3)));
  return Array.from({ length: count }, () => make(asSchema(schema.items), source, name, depth + 1));
}

function makeString(schema: Schema, source: Source, name: string): string {
  const made =
    byFormat(schema.format, source) ?? `Sandbox ${name.replaceAll("_", " ")} ${1 + source.next(99)}`;
  const least = numberOr(schema.minLength, 0);
  return made.padEnd(least, ".").slice(0, numberOr(schema.maxLength, Math.max(made.length, least)));
}

function byFormat(format: Json | undefined, source: Source): string | undefined {
  const day = String(1 + source.next(28)).padStart(2, "0");
  const hex = () => source.next(0x10000).toString(16).padStart(4, "0");
  if (format === "date-time") return `2026-01-${day}T09:00:00Z`;
  if (format === "date") return `2026-01-${day}`;
  if (format === "time") return "09:00:00Z";
  if (format === "email") return `sandbox${source.next(99)}@example.com`;
  if (format === "uri" || format === "url") return `https://example.com/${source.next(99)}`;
  if (format === "uuid")
    return `${hex()}${hex()}-${hex()}-4${hex().slice(1)}-8${hex().slice(1)}-${hex()}${hex()}${hex()}`;
  return undefined;
}

function makeNumber(schema: Schema, source: Source, whole: boolean): number {
  const step = numberOr(schema.multipleOf, whole ? 1 : 0.5);
  const above = schema.exclusiveMinimum;
  const below = schema.exclusiveMaximum;
  const least =
    typeof above === "number"
      ? above + step
      : numberOr(schema.minimum, Math.min(0, numberOr(schema.maximum, 0)));
  const most = typeof below === "number" ? below - step : numberOr(schema.maximum, least + 100);
  const first = Math.ceil(least / step);
  const last = Math.max(first, Math.floor(most / step));
  return Number(((first + source.next(Math.min(last - first + 1, 1_000))) * step).toFixed(6));
}

function typeOf(schema: Schema): string {
  const { type } = schema;
  if (typeof type === "string") return type;
  if (Array.isArray(type)) return String(type.find((one) => one !== "null") ?? "null");
  if (schema.properties !== undefined) return "object";
  return schema.items === undefined ? "string" : "array";
}

function typeName(value: Json): string {
  if (value === null) return "null";
  return typeof value === "number" ? (Number.isInteger(value) ? "integer" : "number") : typeof value;
}

function lookUp(ref: string, root: Schema): Schema {
  const steps = ref.startsWith("#/") ? ref.slice(2).split("/") : [];
  return steps.reduce<Schema>(
    (at, step) => asSchema(at[step.replaceAll("~1", "/").replaceAll("~0", "~")]),
    root,
  );
}

function mergeSchemas(left: Schema, right: Schema): Schema {
  const required = [left.required, right.required].flatMap((list) => (Array.isArray(list) ? list : []));
  return {
    ...left,
    ...right,
    properties: { ...asSchema(left.properties), ...asSchema(right.properties) },
    required,
  };
}

function asSchema(value: Json | undefined): Schema {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}

function numberOr(value: Json | undefined, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}
