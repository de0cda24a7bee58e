// The ports of a node kind as JSON Schemas.
import { z } from "zod";
import type { Json, Schema } from "./json.ts";
import type { Port, Ports, PortShapes } from "./node.ts";

/** JSON Schema of a zod port, without the noise a reader does not need. */
function portSchema(type: z.ZodType): Schema {
  const { $schema: _, $defs: __, ...schema } = z.toJSONSchema(type, { io: "input", unrepresentable: "any" });
  const plain = withoutNoise(JSON.parse(JSON.stringify(schema)));
  return plain !== null && typeof plain === "object" && !Array.isArray(plain) ? plain : {};
}

/** Recursion only comes from `z.json()`, which is anything; whole numbers and records say more than people need to know. */
function withoutNoise(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withoutNoise);
  if (schema === null || typeof schema !== "object") return schema;
  if ("$ref" in schema || (Array.isArray(schema.anyOf) && JSON.stringify(schema.anyOf).includes('"$ref"')))
    return {};
  const noise = (key: string, value: Json) =>
    key === "propertyNames" ||
    (key === "minimum" && value === Number.MIN_SAFE_INTEGER) ||
    (key === "maximum" && value === Number.MAX_SAFE_INTEGER);
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) => (noise(key, value) ? [] : [[key, withoutNoise(value)]])),
  );
}

/** The ports a kind always has, from its zod shapes; no routes. Frozen: every step of the kind shares them, and what is made of them. */
export function fixedPorts(inputs: PortShapes, outputs: PortShapes): Ports {
  const port = (type: z.ZodType): Port => ({
    schema: Object.freeze(portSchema(type)),
    required: !type.safeParse(undefined).success,
  });
  const all = (shapes: PortShapes) =>
    Object.freeze(Object.fromEntries(Object.entries(shapes).map(([key, type]) => [key, port(type)])));
  return { inputs: all(inputs), outputs: all(outputs), routes: [] };
}
