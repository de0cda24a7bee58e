// A JSON Schema from strangers, reduced to what can be checked in bounded time.
import type { Json, Schema } from "./json.ts";

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
  "$anchor",
  "$dynamicAnchor",
  "$dynamicRef",
  "$recursiveRef",
  "$defs",
  "definitions",
  "x-labels",
]);
const formats = new Set(["date-time", "date", "time", "email", "uri", "uuid", "ipv4", "ipv6"]);
const alternatives = new Set(["allOf", "anyOf", "oneOf"]);

const deepest = 60;
/** How often references are followed into each other, tried in this order until the result is small enough. */
const followed = [16, 8, 4, 2, 1, 0];
const largest = 5_000;

export interface BoundedSchema {
  /** Without references, regular expressions and keywords that need them. */
  schema: Schema;
  /** How many schemas may apply to one value at most. */
  branches: number;
}

/**
 * References are replaced by what they lead to. A few of them, each naming the next twice, stand for millions of checks, and
 * one that leads to itself never ends: past the bounds anything is accepted.
 */
export function boundSchema(schema: Schema): BoundedSchema {
  for (const references of followed) {
    const expansion = new Expansion(schema, references);
    const expanded = expansion.expand(schema, 0, 0);
    if (expansion.size <= largest || references === 0) {
      return { schema: isObject(expanded) ? expanded : {}, branches: expansion.branches };
    }
  }
  return { schema: {}, branches: 1 };
}

class Expansion {
  size = 0;
  branches = 1;
  #cuts = 0;
  readonly #root: Schema;
  readonly #references: number;

  constructor(root: Schema, references: number) {
    this.#root = root;
    this.#references = references;
  }

  expand(schema: Json, depth: number, followedSoFar: number): Json {
    this.size += 1;
    if (depth > deepest || (this.#references > 0 && this.size > largest)) return this.#cut();
    if (Array.isArray(schema)) return schema.map((item) => this.expand(item, depth + 1, followedSoFar));
    if (!isObject(schema)) return schema;
    const kept: Schema = {};
    for (const [key, value] of Object.entries(schema)) {
      if (dropped.has(key) || key === "$ref") continue;
      if (key === "enum" || key === "const" || key === "required") kept[key] = value;
      else if (key === "properties") kept[key] = this.#fields(value, depth, followedSoFar);
      else if (key === "oneOf") this.#oneOf(kept, value, depth, followedSoFar);
      else if (key !== "format" || (typeof value === "string" && formats.has(value)))
        kept[key] = this.expand(value, depth + 1, followedSoFar);
      if (alternatives.has(key) && Array.isArray(value)) this.branches += value.length;
    }
    const { $ref: reference } = schema;
    if (typeof reference !== "string") return kept;
    if (followedSoFar >= this.#references) return this.#cut(kept);
    const target = this.#resolve(reference);
    if (target === undefined) return kept;
    const found = this.expand(target, depth + 1, followedSoFar + 1);
    return Object.keys(kept).length === 0 ? found : { allOf: [found, kept] };
  }

  /** Where the bounds cut a choice short, its ends all accept, so that "exactly one" would refuse everything. */
  #oneOf(kept: Schema, choices: Json, depth: number, followedSoFar: number): void {
    const before = this.#cuts;
    const expanded = this.expand(choices, depth + 1, followedSoFar);
    if (this.#cuts === before) kept["oneOf"] = expanded;
  }

  /** What stands where the bounds end. */
  #cut(rest: Schema = {}): Schema {
    this.#cuts += 1;
    return rest;
  }

  /** Under `properties` a name is a field of the value, so a field may well be called "pattern". */
  #fields(fields: Json, depth: number, followedSoFar: number): Json {
    if (!isObject(fields)) return {};
    return Object.fromEntries(
      Object.entries(fields).map(([name, schema]) => [name, this.expand(schema, depth + 1, followedSoFar)]),
    );
  }

  /** What `#`, or `#/$defs/name` and the like, leads to inside the document; nothing else is followed. */
  #resolve(reference: string): Json | undefined {
    if (reference === "#") return this.#root;
    if (!reference.startsWith("#/")) return undefined;
    let at: Json | undefined = this.#root;
    for (const part of reference.slice(2).split("/")) {
      const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
      at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
    }
    return at;
  }
}

function isObject(value: Json | undefined): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How many values a JSON value holds, itself included; counting stops past `most`. */
export function countValues(root: Json, most: number): number {
  const open: Json[] = [root];
  let count = 0;
  for (let at = open.pop(); at !== undefined && count <= most; at = open.pop()) {
    count += 1;
    if (typeof at === "object" && at !== null) for (const item of Object.values(at)) open.push(item);
  }
  return count;
}
