// The config of a node as its kind reads it. One config is asked for its ports, effect, connections and more, and documents are never
// changed in place, so each is read once.
import type { z } from "zod";
import type { Json, JsonObject } from "./json.ts";
import { quickParser } from "./quick-parse.ts";

export interface ConfigReader<T> {
  /** The config with every default written out; the issues when it does not parse. */
  read(config: JsonObject): { config: JsonObject } | { issues: z.core.$ZodIssue[] };
  /** What is made of the parsed config, or the other when it does not parse. */
  ask<A>(config: JsonObject, from: (parsed: T) => A, otherwise: A): A;
}

export function configReader<C extends z.ZodObject>(schema: C): ConfigReader<z.infer<C>> {
  type Parsed = { data: z.infer<C>; full: JsonObject };
  const known = new WeakMap<JsonObject, Parsed | null>();
  const quick = quickParser(schema);

  const parse = (config: JsonObject): Parsed | null => {
    const before = known.get(config);
    if (before !== undefined) return before;
    const data = quick(config);
    const parsed = data === undefined ? null : { data, full: asJson(data) };
    known.set(config, parsed);
    if (parsed && parsed.full !== config) known.set(parsed.full, parsed);
    return parsed;
  };
  return {
    read(config) {
      const parsed = parse(config);
      return parsed ? { config: parsed.full } : { issues: schema.safeParse(config).error?.issues ?? [] };
    },
    ask(config, from, otherwise) {
      const parsed = parse(config);
      return parsed ? from(parsed.data) : otherwise;
    },
  };
}

/** A parsed config may hold `undefined`, which is not JSON. */
function asJson(data: unknown): JsonObject {
  return hasUndefined(data) ? JSON.parse(JSON.stringify(data)) : (data as JsonObject);
}

function hasUndefined(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(hasUndefined);
  for (const key in value) if (hasUndefined((value as Record<string, Json | undefined>)[key])) return true;
  return false;
}
