import { z } from "zod";
import { Binding } from "../core/binding.ts";
import { JsonObject, Key, type Schema } from "../core/json.ts";
import { defineNode } from "../core/node.ts";
import { quickParser } from "../core/quick-parse.ts";

/** The fields of a config that may still be unfinished. */
const written = quickParser(z.looseObject({ fields: z.record(z.string(), Binding) }));

export default defineNode({
  kind: "transform",
  title: "Transform",
  summary: "Builds an object from values, templates and expressions.",
  icon: "braces",
  category: "data",
  config: z.strictObject({ fields: z.record(Key, Binding).default({}) }),
  inputs: {},
  outputs: { value: JsonObject },
  form: {
    fields: {
      label: "Fields",
      widget: "bindings",
      help: "Each field of the result is a value, a reference, a template or an expression.",
    },
  },
  effect: "pure",
  retry: { maxAttempts: 1 },
  ports: ({ fields }, fixed) => {
    const typeOf = (binding: Binding): Schema => ("template" in binding ? { type: "string" } : {});
    const properties = Object.fromEntries(
      Object.entries(fields).map(([key, binding]) => [key, typeOf(binding)]),
    );
    const schema: Schema = { type: "object", properties, required: Object.keys(fields) };
    return { ...fixed, outputs: { value: { required: true, schema } } };
  },
  bindings: (config) => {
    const parsed = written(config);
    return parsed
      ? Object.entries(parsed.fields).map(([key, binding]) => ({
          path: `config.fields.${key}`,
          binding,
        }))
      : [];
  },
  fact: ({ fields }) => Object.keys(fields).join(", "),
  sample: { config: { fields: { greeting: { literal: "hello" } } }, inputs: {} },
  run: ({ config, can }) => ({
    value: Object.fromEntries(
      Object.entries(config.fields).map(([key, binding]) => [key, can.resolve(binding)]),
    ),
  }),
});
