// Turns the schema of an object into ports: one per property, as tools and sub-workflows need it.
import type { Schema } from "./json.ts";
import type { Port } from "./node.ts";

function isSchema(value: unknown): value is Schema {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/**
 * @param schema JSON Schema of an object; anything else has no ports
 * @returns      one port per property, required where the schema says so
 */
export function objectPorts(schema: Schema): Record<string, Port> {
  const { properties, required } = schema;
  if (!isSchema(properties)) return {};
  const needed = Array.isArray(required) ? required : [];
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => {
      const title = isSchema(value) && typeof value.title === "string" ? { title: value.title } : {};
      return [key, { schema: isSchema(value) ? value : {}, required: needed.includes(key), ...title }];
    }),
  );
}
