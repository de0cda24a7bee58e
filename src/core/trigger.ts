// From what happened to what the run is given: a trigger's event becomes the workflow's one input.
import { z } from "zod";
import { Binding, Path } from "./binding.ts";
import { resolveBinding } from "./expression.ts";
import { readPath } from "./expression/path.ts";
import { StepError } from "./failure.ts";
import { JsonObject, Schema, type Json } from "./json.ts";
import { validateJson } from "./validate.ts";

/** What of a plan is needed to make an input of an event. */
export const TriggerMap = z.object({
  map: z.record(z.string(), Binding),
  base: Path.nullish(),
  /** The input the workflow asks for. */
  input: Schema,
  vars: JsonObject,
});
export type TriggerMap = z.infer<typeof TriggerMap>;

/**
 * The input of the run an event starts: what of the event fits by name, and the map on top of it.
 * @throws StepError class `validation`: from a binding, or `input_invalid` naming what does not fit
 */
export function inputOf({ map, base, input, vars }: TriggerMap, event: JsonObject): JsonObject {
  const scope = { event, vars };
  const given: JsonObject =
    base === undefined || base === null ? {} : taken(input, readPath(`${base}?`, scope));
  for (const [name, binding] of Object.entries(map)) {
    const value = resolveBinding(binding, scope);
    // A reference with a mark that found nothing leaves the field out, unless the field takes null.
    if (value === null && "ref" in binding && binding.ref.endsWith("?") && !takesNull(input, name))
      delete given[name];
    else given[name] = value;
  }
  const checked = validateJson(input, { ...defaultsOf(input), ...given });
  if (checked.ok) return given;
  const said = checked.errors.slice(0, 3).map(({ path, message }) => `${path || "input"}: ${message}`);
  throw new StepError(
    "validation",
    "input_invalid",
    `The event does not give the input this workflow asks for. ${said.join("; ")}.`,
    {
      hint: "Change what the trigger maps, or what is sent.",
    },
  );
}

function propertiesOf(input: Schema): JsonObject {
  const { properties } = input;
  return isObject(properties) ? properties : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields a workflow asks for by name, without a null it does not take; all of them where it names none. */
function taken(input: Schema, value: Json): JsonObject {
  if (!isObject(value)) return {};
  const named = propertiesOf(input);
  if (Object.keys(named).length === 0) return { ...value };
  return Object.fromEntries(
    Object.entries(value).filter(
      ([name, field]) => Object.hasOwn(named, name) && (field !== null || takesNull(input, name)),
    ),
  );
}

function takesNull(input: Schema, name: string): boolean {
  const schema = propertiesOf(input)[name];
  return isObject(schema) && validateJson(schema, null).ok;
}

function defaultsOf(input: Schema): JsonObject {
  return Object.fromEntries(
    Object.entries(propertiesOf(input)).flatMap(([name, schema]): [string, Json][] =>
      isObject(schema) && schema.default !== undefined ? [[name, schema.default]] : [],
    ),
  );
}
