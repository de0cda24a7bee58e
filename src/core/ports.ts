// Whether what one port gives can go into another, and why not.
import type { Json, Schema } from "./json.ts";
import { canonicalJson } from "./canonical.ts";
import { fieldOf, isPlainlyTyped, isSchema, requiredOf, variantsOf, type Variant } from "./schema-type.ts";

export type Fit = "yes" | "maybe" | "no";

/**
 * Whether every value of the source schema is a value of the target schema: `maybe` means some are.
 * Lengths, ranges and text formats are left to the check at run time: no wire is refused for them.
 */
export function fits(source: Schema, target: Schema): Fit {
  return isAnything(target) || isSameScalar(source, target) ? "yes" : compare(source, target, 0).fit;
}

/** The two most frequent answers by far, given without taking the schemas apart. */
function isAnything(schema: Schema): boolean {
  for (const _ in schema) return false;
  return true;
}

function isSameScalar(source: Schema, target: Schema): boolean {
  const { type } = target;
  const scalar = type === "string" || type === "number" || type === "boolean";
  return scalar && source.type === type && isPlainlyTyped(source) && isPlainlyTyped(target);
}

/** One sentence part that says why the two do not fit for certain; empty when they do. */
export function whyNot(source: Schema, target: Schema): string {
  return compare(source, target, 0).why;
}

interface Verdict {
  fit: Fit;
  why: string;
}
const yes: Verdict = { fit: "yes", why: "" };

function compare(source: Schema, target: Schema, depth: number): Verdict {
  const [from, to] = [variantsOf(source), variantsOf(target)];
  if (to === null || depth > 12) return yes;
  if (from === null)
    return { fit: "maybe", why: `the value may be anything and ${describeSchema(target)} is needed` };
  const verdicts = from.map(
    (variant) => bestOf(to.map((wanted) => compareVariant(variant, wanted, depth))) ?? no(variant, target),
  );
  const bad = verdicts.find((verdict) => verdict.fit !== "yes");
  if (!bad) return yes;
  const never = verdicts.every((verdict) => verdict.fit === "no");
  return {
    fit: never ? "no" : "maybe",
    why: never ? bad.why : (verdicts.find((verdict) => verdict.fit === "no") ?? bad).why,
  };
}

function no(variant: Variant, target: Schema): Verdict {
  return { fit: "no", why: `${describeVariant(variant)} does not fit ${describeSchema(target)}` };
}

/** The best of what each alternative of the target says; undefined when every one of them wants another type. */
function bestOf(verdicts: (Verdict | null)[]): Verdict | undefined {
  const said = verdicts.filter((verdict) => verdict !== null);
  return said.find(({ fit }) => fit === "yes") ?? said.find(({ fit }) => fit === "maybe") ?? said[0];
}

function compareVariant(from: Variant, to: Variant, depth: number): Verdict | null {
  if (from.type !== to.type) return null;
  if (to.values) return compareValues(from, to.values);
  if (from.type === "number" && to.integer && !from.integer)
    return { fit: "maybe", why: "a number may have a fraction and a whole number is needed" };
  if (from.values) return yes;
  if (from.type === "array") return compareItems(from, to, depth);
  return from.type === "object" ? compareFields(from, to, depth) : yes;
}

function compareValues(from: Variant, allowed: readonly Json[]): Verdict {
  const listed = allowed.map((value) => JSON.stringify(value)).join(", ");
  if (from.values === null) return { fit: "maybe", why: `only ${listed} is accepted` };
  const keys = new Set(allowed.map(canonicalJson));
  const inside = from.values.filter((value) => keys.has(canonicalJson(value)));
  if (inside.length === from.values.length) return yes;
  const outside = from.values.find((value) => !keys.has(canonicalJson(value)));
  return {
    fit: inside.length === 0 ? "no" : "maybe",
    why: `${JSON.stringify(outside)} is not one of ${listed}`,
  };
}

function compareItems(from: Variant, to: Variant, depth: number): Verdict {
  const [source, target] = [from.schema.items, to.schema.items];
  if (!isSchema(target)) return yes;
  const verdict = compare(isSchema(source) ? source : {}, target, depth + 1);
  // An empty list fits anything, so a list whose items never fit may still fit.
  return verdict.fit === "yes" ? yes : { fit: verdict.fit, why: `in the list's items ${verdict.why}` };
}

function compareFields(from: Variant, to: Variant, depth: number): Verdict {
  const properties = isSchema(to.schema.properties) ? to.schema.properties : {};
  const [given, needed] = [requiredOf(from.schema), requiredOf(to.schema)];
  const verdicts = Object.entries(properties).map(([name, wanted]) => {
    const field = fieldOf(from, name);
    if (field === "unknown")
      return needed.includes(name) ? { fit: "no" as const, why: `the field "${name}" is missing` } : yes;
    const verdict = field === null || !isSchema(wanted) ? yes : compare(field, wanted, depth + 1);
    if (verdict.fit !== "yes") return { fit: verdict.fit, why: `in the field "${name}" ${verdict.why}` };
    return needed.includes(name) && !given.includes(name)
      ? { fit: "maybe" as const, why: `the field "${name}" may be missing` }
      : yes;
  });
  verdicts.push(...extraFields(from, to, depth));
  return verdicts.find(({ fit }) => fit === "no") ?? verdicts.find(({ fit }) => fit === "maybe") ?? yes;
}

/** Fields of the source that the target does not name. */
function extraFields(from: Variant, to: Variant, depth: number): Verdict[] {
  const rest = to.schema.additionalProperties;
  if (rest === undefined || rest === true) return [];
  const named = isSchema(to.schema.properties) ? to.schema.properties : {};
  const extra = isSchema(from.schema.properties)
    ? Object.entries(from.schema.properties).filter(([name]) => !Object.hasOwn(named, name))
    : [];
  return extra.map(([name, field]) => {
    if (rest === false) return { fit: "no", why: `the field "${name}" is not accepted` };
    const verdict = isSchema(rest) && isSchema(field) ? compare(field, rest, depth + 1) : yes;
    return verdict.fit === "yes" ? yes : { fit: verdict.fit, why: `in the field "${name}" ${verdict.why}` };
  });
}

const words = {
  null: "null",
  boolean: "true or false",
  number: "a number",
  string: "text",
  array: "a list",
  object: "an object",
} as const;

function describeVariant({ type, integer, values, schema }: Variant): string {
  if (values && values.length > 0 && values.length <= 4 && type !== "object" && type !== "array")
    return values.map((value) => JSON.stringify(value)).join(" or ");
  if (type === "number" && integer) return "a whole number";
  if (type === "array" && isSchema(schema.items)) {
    const items = variantsOf(schema.items);
    return items ? `a list of ${pluralOf(items)}` : words.array;
  }
  return words[type];
}

function pluralOf(variants: Variant[]): string {
  const plural = {
    null: "nulls",
    boolean: "booleans",
    number: "numbers",
    string: "texts",
    array: "lists",
    object: "objects",
  } as const;
  return [...new Set(variants.map(({ type }) => plural[type]))].join(" or ");
}

/** A schema in plain words: "text", "a list of numbers", "an object with id and total". */
export function describeSchema(schema: Schema): string {
  const variants = variantsOf(schema);
  if (variants === null) return "anything";
  if (variants.length === 0) return "nothing";
  const [only] = variants;
  if (variants.length === 1 && only?.type === "object" && !only.values) {
    const names = isSchema(schema.properties) ? Object.keys(schema.properties) : [];
    if (names.length > 0 && names.length <= 4) return `an object with ${names.join(", ")}`;
  }
  return [...new Set(variants.map(describeVariant))].join(" or ");
}
