// Reads a JSON Schema as a set of plain types, the form that port checks and expression checks work on.
import type { Json, Schema } from "./json.ts";

export type PlainType = "null" | "boolean" | "number" | "string" | "array" | "object";

/** One alternative of a schema. `schema` holds its details; `values` lists what it is limited to. */
export interface Variant {
  type: PlainType;
  integer: boolean;
  schema: Schema;
  values: readonly Json[] | null;
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const maxVariants = 40;

/**
 * The alternatives of a schema, or null when it may be anything.
 * `$ref`, `allOf` of several and conditions count as anything: the check stays conservative.
 */
export function variantsOf(schema: Schema, depth = 0): Variant[] | null {
  if (depth > 20 || "$ref" in schema || "x-cel" in schema) return null;
  const union = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(union)) {
    const all = union.map((one) => (isSchema(one) ? variantsOf(one, depth + 1) : null));
    const flat = all.flatMap((one) => one ?? []);
    return all.includes(null) || flat.length > maxVariants ? null : flat;
  }
  if (Array.isArray(schema.allOf)) {
    const [only, ...more] = schema.allOf;
    return more.length === 0 && isSchema(only)
      ? variantsOf({ ...schema, ...only, allOf: [] }, depth + 1)
      : typedVariants(schema);
  }
  return typedVariants(schema);
}

function typedVariants(schema: Schema): Variant[] | null {
  const values = "const" in schema ? [schema.const ?? null] : Array.isArray(schema.enum) ? schema.enum : null;
  if (values) {
    const types = [...new Set(values.map(typeOfJson))];
    return types.map((type) => {
      const mine = values.filter((value) => typeOfJson(value) === type);
      return { type, integer: type === "number" && mine.every(Number.isInteger), schema, values: mine };
    });
  }
  const names = Array.isArray(schema.type)
    ? schema.type
    : schema.type === undefined
      ? impliedTypes(schema)
      : [schema.type];
  if (names === null) return null;
  const variants: Variant[] = [];
  for (const name of names) {
    const type = name === "integer" ? "number" : plainTypes.find((one) => one === name);
    if (type === undefined) return null;
    variants.push({ type, integer: name === "integer", schema, values: null });
  }
  return variants;
}

const plainTypes: readonly PlainType[] = ["null", "boolean", "number", "string", "array", "object"];

function impliedTypes(schema: Schema): string[] | null {
  if (isSchema(schema.properties)) return ["object"];
  return isSchema(schema.items) ? ["array"] : null;
}

export function typeOfJson(value: Json): PlainType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return type === "boolean" || type === "number" || type === "string" ? type : "object";
}

/** The schema of one JSON value, as narrow as is useful to check against. */
export function schemaOfJson(value: Json, depth = 0): Schema {
  if (depth > 8) return {};
  if (Array.isArray(value))
    return { type: "array", items: unionOf(value.slice(0, 50).map((item) => schemaOfJson(item, depth + 1))) };
  if (value !== null && typeof value === "object") {
    const properties = Object.fromEntries(
      Object.entries(value).map(([key, field]) => [key, schemaOfJson(field, depth + 1)]),
    );
    return { type: "object", properties, required: Object.keys(value), additionalProperties: false };
  }
  return typeof value === "string"
    ? { const: value }
    : { type: Number.isInteger(value) ? "integer" : typeOfJson(value) };
}

/** A schema that admits what any of the given ones admits; `{}` when one of them admits anything. */
export function unionOf(schemas: readonly Schema[]): Schema {
  const [single] = schemas;
  if (single && schemas.length === 1) return single;
  const different = new Map(schemas.map((schema) => [JSON.stringify(schema), schema]));
  const list = [...different.values()];
  const [first] = list;
  if (!first || list.some((schema) => Object.keys(schema).length === 0)) return {};
  return list.length === 1 ? first : { anyOf: list };
}

/** What a field of an object admits: its schema, `unknown` for a name the schema does not have, null for anything. */
export function fieldOf(variant: Variant, name: string): Schema | "unknown" | null {
  const { properties, additionalProperties } = variant.schema;
  if (variant.values) {
    const fields = variant.values.flatMap((value) =>
      isSchema(value) && Object.hasOwn(value, name) ? [schemaOfJson(value[name] ?? null)] : [],
    );
    return fields.length > 0 ? unionOf(fields) : "unknown";
  }
  const declared = isSchema(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (declared !== undefined) return isSchema(declared) ? declared : null;
  if (isSchema(additionalProperties)) return additionalProperties;
  if (additionalProperties === false) return "unknown";
  // A schema that names its fields means them: a name it does not have is far more often a mistake than an extra.
  return additionalProperties === true || !isSchema(properties) || Object.keys(properties).length === 0
    ? null
    : "unknown";
}

/** Whether `type` says all there is to say about which alternatives a schema has. */
export function isPlainlyTyped(schema: Schema): boolean {
  return (
    schema.anyOf === undefined &&
    schema.oneOf === undefined &&
    schema.allOf === undefined &&
    schema.$ref === undefined &&
    schema["x-cel"] === undefined &&
    schema.const === undefined &&
    schema.enum === undefined
  );
}

/** The schema of a field that a plain object schema declares, the most frequent case by far; null where a closer look is needed. */
export function plainField(schema: Schema, name: string): Schema | null {
  if (schema.type !== "object" || !isPlainlyTyped(schema)) return null;
  const { properties } = schema;
  if (!isSchema(properties) || !Object.hasOwn(properties, name)) return null;
  const field = properties[name];
  return isSchema(field) ? field : null;
}

/** The fields a schema names, over all its alternatives. */
export function fieldNames(schema: Schema): string[] {
  const names = (variantsOf(schema) ?? []).flatMap(({ schema: one }) =>
    isSchema(one.properties) ? Object.keys(one.properties) : [],
  );
  return [...new Set(names)];
}

export function requiredOf(schema: Schema): string[] {
  return Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === "string") : [];
}
