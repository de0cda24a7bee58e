// Reads values by a zod schema without a word about what is wrong with them. Zod is quick where it may compile text to code, which the app's
// content security policy forbids; otherwise every field costs it a payload and a list of issues, and a thousand nodes cost 20 ms. Here
// what a schema leaves as it is costs no memory at all: the value itself is the answer. Zod stays the judge of everything else.
import type { z } from "zod";

/** Not to be said here: zod is asked. */
const unsure: unique symbol = Symbol("unsure");

/** Zod would refuse it, too. Only alternatives need to know the difference: after a refusal the next one is tried. */
const refused: unique symbol = Symbol("refused");

type Read = (value: unknown) => unknown;

/**
 * @returns what `schema.parse` returns, the value itself where it changes nothing; undefined when it does not parse
 * @throws  only what a refinement throws
 */
export function quickParser<S extends z.ZodType>(schema: S): (value: unknown) => z.output<S> | undefined {
  let read: Read | undefined;
  return (value) => {
    read ??= readerOf(schema);
    const found = read(value);
    return found === refused || found === unsure ? schema.safeParse(value).data : (found as z.output<S>);
  };
}

/** Schemas are few and asked often: each is taken apart once. */
const readers = new WeakMap<z.core.$ZodType, Read>();

function readerOf(schema: z.core.$ZodType): Read {
  let read = readers.get(schema);
  if (!read) {
    // The union of zod's types is how its own documentation has a schema taken apart.
    const plain = plainReader(schema as z.core.$ZodTypes);
    readers.set(schema, (read = plain ? withChecks(schema, plain) : askZod(schema)));
  }
  return read;
}

/** Null for what is rare or may change a value: zod reads it. */
function plainReader(schema: z.core.$ZodTypes): Read | null {
  const { def, values } = schema._zod;
  if ("coerce" in def && def.coerce) return null;
  switch (def.type) {
    case "string":
      return (value) => (typeof value === "string" ? value : refused);
    case "number":
      return (value) => (Number.isFinite(value) ? value : refused);
    case "boolean":
      return (value) => (typeof value === "boolean" ? value : refused);
    case "enum":
    case "literal": {
      const allowed = new Set<unknown>(values);
      return (value) => (allowed.has(value) ? value : refused);
    }
    case "any":
    case "unknown":
      return (value) => value;
    case "optional": {
      // What stands for absence is filled in even under an optional.
      if (def.innerType._zod.optin === "defaulted") return null;
      const inner = readerOf(def.innerType);
      return (value) => (value === undefined ? value : inner(value));
    }
    case "nullable": {
      const inner = readerOf(def.innerType);
      return (value) => (value === null ? value : inner(value));
    }
    case "default": {
      const inner = readerOf(def.innerType);
      return (value) => (value === undefined ? def.defaultValue : inner(value));
    }
    case "prefault": {
      const inner = readerOf(def.innerType);
      return (value) => inner(value === undefined ? def.defaultValue : value);
    }
    case "array":
      return arrayReader(readerOf(def.element));
    case "record": {
      const { keyType, valueType, mode } = def;
      const named = keyType._zod.def.type === "string" && mode !== "loose";
      return named ? recordReader(readerOf(keyType), readerOf(valueType)) : null;
    }
    case "object":
      return objectReader(def);
    case "union":
      return def.inclusive === false || "discriminator" in def
        ? null
        : unionReader(def.options.map(readerOf));
    default:
      return null;
  }
}

/** The checks of a schema are zod's own; what one of them would write over is left to zod. */
function withChecks(schema: z.core.$ZodType, read: Read): Read {
  const { def, traits } = schema._zod;
  // A format such as that of whole numbers is its own first check.
  const own = traits.has("$ZodCheck") ? [schema as unknown as z.core.$ZodCheck] : [];
  const checks = [...own, ...(def.checks ?? [])].map((check) => check._zod);
  if (checks.length === 0) return read;
  const payload: z.core.ParsePayload<never> = { value: undefined as never, issues: [] };
  return (value) => {
    const found = read(value);
    if (found === refused || found === unsure) return found;
    for (const { def: check, check: run } of checks) {
      payload.value = found as never;
      if (check.when && !check.when(payload)) continue;
      if (run(payload) !== undefined) return unsure;
      if (payload.issues.length > 0) {
        payload.issues = [];
        return refused;
      }
      if (payload.value !== found) return unsure;
    }
    return found;
  };
}

function askZod(schema: z.core.$ZodType): Read {
  return (value) => {
    const result = schema._zod.run({ value, issues: [] }, { async: false });
    return result instanceof Promise ? unsure : result.issues.length > 0 ? refused : result.value;
  };
}

function arrayReader(element: Read): Read {
  return (value) => {
    if (!Array.isArray(value)) return refused;
    let copy: unknown[] | undefined;
    for (let n = 0; n < value.length; n++) {
      const item: unknown = value[n];
      const found = element(item);
      if (found === refused || found === unsure) return found;
      if (found !== item) copy ??= value.slice();
      if (copy) copy[n] = found;
    }
    return copy ?? value;
  };
}

function recordReader(name: Read, field: Read): Read {
  return (value) => {
    if (!isPlain(value)) return unsure;
    let copy: Record<string, unknown> | undefined;
    for (const key in value) {
      if (key === "__proto__") return unsure;
      const named = name(key);
      if (named !== key) return named === refused ? refused : unsure;
      const found = field(value[key]);
      if (found === refused || found === unsure) return found;
      if (found !== value[key]) copy ??= { ...value };
      if (copy) copy[key] = found;
    }
    return copy ?? value;
  };
}

function unionReader(options: readonly Read[]): Read {
  return (value) => {
    for (const option of options) {
      const found = option(value);
      if (found !== refused) return found;
    }
    return refused;
  };
}

/** Looks only at the fields that are there: most of a node's or a config's are not. */
function objectReader(def: z.core.$ZodObjectDef): Read {
  const shape = Object.entries(def.shape).map(([key, type]) => ({
    key,
    read: readerOf(type),
    needed: type._zod.optin === undefined,
    filledIn: type._zod.optin === "defaulted",
  }));
  const fields = new Map(shape.map((field) => [field.key, field]));
  const needed = shape.filter((field) => field.needed).length;
  const filledIn = shape.filter((field) => field.filledIn).map(({ key }) => key);
  const others = def.catchall?._zod.def.type;
  const strange = (key: string) =>
    key === "__proto__" ? unsure : others === "never" ? refused : others === "unknown" ? null : unsure;

  const copyOf = (value: Record<string, unknown>) => {
    const copy: Record<string, unknown> = {};
    for (const { key, read, needed } of shape) {
      const there = key in value;
      if (needed && !there) return unsure;
      const found = read(value[key]);
      if (found === refused || found === unsure) return found;
      if (found !== undefined || there) copy[key] = found;
    }
    for (const key in value) {
      if (fields.has(key)) continue;
      const verdict = strange(key);
      if (verdict !== null) return verdict;
      copy[key] = value[key];
    }
    return copy;
  };

  return (value) => {
    if (!isPlain(value)) return typeof value === "object" && value !== null ? unsure : refused;
    for (const key of filledIn) if (value[key] === undefined) return copyOf(value);
    let present = 0;
    for (const key in value) {
      const field = fields.get(key);
      if (!field) {
        const verdict = strange(key);
        if (verdict !== null) return verdict;
        continue;
      }
      const found = field.read(value[key]);
      if (found === refused || found === unsure) return found;
      if (found !== value[key]) return copyOf(value);
      if (field.needed) present++;
    }
    // Some take the absence of what others need.
    return present < needed ? unsure : value;
  };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
