// The scalars every other shape is made of, and JSON itself.
import { z } from "zod";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Any JSON value, in one pass and without recursion: configs and inputs of a thousand nodes are parsed on every edit, and a deeply
 * nested value must not exhaust the stack. `__proto__` is refused as a name, because assigning it elsewhere would set a prototype.
 */
function isJson(value: unknown): boolean {
  if (isScalar(value)) return true;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const at = open.pop();
    if (isScalar(at)) continue;
    if (Array.isArray(at)) for (const item of at) open.push(item);
    else if (!isPlain(at)) return false;
    else
      for (const key in at) {
        if (key === "__proto__") return false;
        const field = at[key];
        // A field that is there but undefined is no field.
        if (field !== undefined) open.push(field);
      }
  }
  return true;
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

export const Json: z.ZodType<Json> = z.any().refine(isJson, "must be a JSON value");

/** A JSON object; the shape of configs, inputs and outputs. */
export type JsonObject = { [key: string]: Json };
export const JsonObject: z.ZodType<JsonObject> = z.record(z.string(), Json);

/** Words CEL keeps for itself, and the prototype keys nobody may use as a name. */
const reserved = new Set(
  (
    "true false null in as break const continue else for function if import let loop package namespace return var void while " +
    "constructor prototype"
  ).split(" "),
);

/** Names steps, ports, inputs and variables. No hyphen: `steps.my-step` is a subtraction in CEL. */
export const Key = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, "use lower-case letters, digits and _, starting with a letter")
  .refine((key) => !reserved.has(key), "this word is reserved");
export type Key = z.infer<typeof Key>;

/** Names workflows, kinds, connections and servers. */
export const Slug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "use lower-case letters, digits and -, starting with a letter");
export type Slug = z.infer<typeof Slug>;

export const Hash = z.string().regex(/^[0-9a-f]{64}$/);
export type Hash = z.infer<typeof Hash>;

export const Uuid = z.uuid();
export type Uuid = z.infer<typeof Uuid>;

/** ISO 8601, UTC. */
export const Time = z.iso.datetime({ offset: true });
export type Time = z.infer<typeof Time>;

/** Milliseconds. */
export const Ms = z.int().min(0);
export type Ms = z.infer<typeof Ms>;

/** Position inside map bodies, outermost first; `[]` outside of any. */
export const ItemPath = z.array(z.int().min(0));
export type ItemPath = z.infer<typeof ItemPath>;

/** A JSON Schema (2020-12) object, with our optional `x-labels`. */
export const Schema: z.ZodType<JsonObject> = JsonObject;
export type Schema = JsonObject;

/** Stands in a row for a value too large to live there. */
export const BlobRef = z.strictObject({
  $blob: z.strictObject({
    path: z.string(),
    sha256: Hash,
    bytes: z.int(),
    mime: z.string(),
    /** Where in the file's value this one stands: the engine names parts of files without opening them. */
    at: z.array(z.string()).optional(),
  }),
});
export type BlobRef = z.infer<typeof BlobRef>;
