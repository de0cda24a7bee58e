// Checks a JSON value against a JSON Schema, without eval and without running anybody's regular expression.
import { z } from "zod";
import { boundSchema, countValues } from "./bounded-schema.ts";
import type { Json, Schema } from "./json.ts";

export interface SchemaViolation {
  /** `body.items[0].total`; empty for the value itself. */
  path: string;
  message: string;
}

export type Validation = { ok: true } | { ok: false; errors: SchemaViolation[] };

/** Checks of one value against one alternative that are done at most; a million take seconds. */
const mostChecks = 500_000;

interface Prepared {
  check: z.ZodType;
  branches: number;
}

const prepared = new WeakMap<Schema, Prepared>();

/**
 * @param schema JSON Schema 2020-12; keywords that cannot be checked in bounded time are not checked
 * @returns      the first 20 violations, each with its place
 */
export function validateJson(schema: Schema, value: Json): Validation {
  const { check, branches } = prepare(schema);
  if (branches > 1 && countValues(value, mostChecks / branches) > mostChecks / branches) {
    return {
      ok: false,
      errors: [{ path: "", message: "The value is too large for a schema with so many alternatives" }],
    };
  }
  const result = check.safeParse(value);
  if (result.success) return { ok: true };
  return {
    ok: false,
    errors: result.error.issues
      .slice(0, 20)
      .map((issue) => ({ path: pathText(issue.path), message: messageOf(issue) })),
  };
}

/** A missing value is called missing, not a value of the wrong type. */
function messageOf(issue: z.core.$ZodIssue): string {
  const missing = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
  return missing ? "This is required, and it is missing" : issue.message;
}

function prepare(schema: Schema): Prepared {
  const known = prepared.get(schema);
  if (known) return known;
  const made = convert(schema);
  prepared.set(schema, made);
  return made;
}

function convert(schema: Schema): Prepared {
  try {
    const bounded = boundSchema(schema);
    return { check: z.fromJSONSchema(bounded.schema), branches: bounded.branches };
  } catch {
    // A schema that is not one says nothing about the value.
    return { check: z.unknown(), branches: 1 };
  }
}

/** `body.items[0].total` of a list of keys. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`,
    "",
  );
}
