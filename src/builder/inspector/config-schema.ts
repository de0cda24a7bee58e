// The JSON Schema of each config field of a kind, for fields whose control follows from their type.
import { z } from "zod";
import type { JsonObject, Schema } from "../../core/json.ts";
import type { FieldForm, Node, WidgetName } from "../../core/node.ts";

const remembered = new WeakMap<Node, Record<string, Schema>>();

/** By config field. A field whose shape JSON Schema cannot say has an empty schema. */
export function configSchemas(kind: Node): Record<string, Schema> {
  const known = remembered.get(kind);
  if (known) return known;
  const whole = z.toJSONSchema(kind.config, { io: "input", unrepresentable: "any" });
  const properties: Record<string, Schema> = JSON.parse(JSON.stringify(whole.properties ?? {}));
  remembered.set(kind, properties);
  return properties;
}

/** The control of a field: the one its form names, else the one its type suggests. */
export function widgetOf(form: FieldForm, schema: Schema): WidgetName {
  if (form.widget) return form.widget;
  if (Array.isArray(schema["enum"])) return "select";
  if (schema["type"] === "boolean") return "switch";
  if (schema["type"] === "number" || schema["type"] === "integer") return "number";
  if (schema["type"] === "string") return "text";
  return "json";
}

/** A config without the field, or with its new value. */
export function withField(
  config: JsonObject,
  key: string,
  value: JsonObject[string] | undefined,
): JsonObject {
  const { [key]: _, ...rest } = config;
  return value === undefined ? rest : { ...rest, [key]: value };
}
