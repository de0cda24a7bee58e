import { z } from "zod";
import { park } from "../core/capabilities.ts";
import { JsonObject, Ms } from "../core/json.ts";
import { defineNode } from "../core/node.ts";
import { Approvers } from "../core/run.ts";

const Fields = z.looseObject({ type: z.literal("object"), properties: z.record(z.string(), JsonObject) });

export default defineNode({
  kind: "form",
  title: "Form",
  summary: "Asks a person to fill in a form, and goes on with what they wrote.",
  icon: "clipboard",
  category: "people",
  config: z.strictObject({
    schema: JsonObject.refine((schema) => Fields.safeParse(schema).success, {
      message: "it must describe an object with properties, one per question",
    }),
    assignees: Approvers.omit({ quorum: true }).prefault({}),
    timeoutMs: Ms.optional(),
  }),
  inputs: { title: z.string().min(1), prompt: z.string().optional(), prefill: JsonObject.optional() },
  outputs: { values: JsonObject, by: z.string() },
  form: {
    title: { label: "Title", widget: "template", placeholder: "Delivery address of {{ input.customer }}" },
    prompt: { label: "What they should know", widget: "prompt" },
    schema: {
      label: "Questions",
      widget: "schema",
      help: "JSON Schema of an object: one question per property.",
    },
    prefill: { label: "Filled in beforehand", help: "An object with answers people may change." },
    assignees: { label: "Who fills it in", widget: "approvers" },
    timeoutMs: { label: "Expires after", widget: "duration", advanced: true },
  },
  effect: "pure",
  retry: { maxAttempts: 1 },
  ports: ({ schema }, fixed) => ({
    ...fixed,
    outputs: { ...fixed.outputs, values: { schema, required: true } },
  }),
  fact: ({ schema, assignees }) =>
    `${Object.keys(Fields.parse(schema).properties).length} questions to ${[...assignees.roles, ...assignees.users.map(() => "a person")].join(", ")}`,
  sample: {
    config: {
      schema: {
        type: "object",
        required: ["street"],
        properties: { street: { type: "string", title: "Street" } },
      },
    },
    inputs: { title: "Where to?" },
  },
  run: ({ config, input }) =>
    park({
      for: "form",
      title: input.title,
      message: input.prompt,
      schema: config.schema,
      prefill: input.prefill,
      approvers: { ...config.assignees, quorum: 1 },
      timeoutMs: config.timeoutMs,
    }),
});
