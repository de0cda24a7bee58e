import { z } from "zod";
import { JsonObject, Slug } from "../core/json.ts";
import { defineNode } from "../core/node.ts";

/** One model to ask; `connection: "sandbox"` is the built-in deterministic stand-in that needs no key. */
const Model = z.strictObject({ connection: Slug, model: z.string().min(1).max(120) });

export default defineNode({
  kind: "llm",
  title: "Language model",
  summary:
    "Asks a language model for text or for data that fits a JSON Schema, with an ordered chain of fallbacks.",
  icon: "sparkles",
  category: "ai",
  config: z.strictObject({
    chain: z
      .array(Model)
      .min(1)
      .max(8)
      .default([{ connection: "sandbox", model: "sandbox-1" }]),
    responseSchema: JsonObject.optional(),
    temperature: z.number().min(0).max(2).optional(),
    maxTokens: z.int().min(1).max(200_000).default(1_024),
  }),
  inputs: { system: z.string().optional(), prompt: z.string().min(1) },
  outputs: { text: z.string(), data: z.json().optional() },
  form: {
    chain: {
      label: "Models",
      widget: "model-chain",
      help: "Tried in order: after a temporary failure the next attempt asks the next model.",
    },
    system: { label: "System prompt", widget: "prompt" },
    prompt: { label: "Prompt", widget: "prompt", placeholder: "Summarise: {{ steps.fetch.output.body }}" },
    responseSchema: {
      label: "Answer schema",
      widget: "schema",
      help: "With a JSON Schema the answer arrives as data of that shape; without one it is text.",
    },
    temperature: { label: "Temperature", widget: "number", advanced: true },
    maxTokens: { label: "Longest answer (tokens)", widget: "number", advanced: true },
  },
  effect: "read",
  timeoutMs: 120_000,
  ports: ({ responseSchema }, fixed) => ({
    ...fixed,
    outputs: {
      text: { required: true, schema: { type: "string", "x-labels": ["untrusted"] } },
      ...(responseSchema === undefined
        ? {}
        : { data: { required: true, schema: { ...responseSchema, "x-labels": ["untrusted"] } } }),
    },
  }),
  fact: ({ chain }) => {
    const first = chain[0];
    const name = first === undefined ? "" : first.connection === "sandbox" ? "sandbox model" : first.model;
    return chain.length > 1 ? `${name} +${chain.length - 1}` : name;
  },
  immediateRetries: ({ chain }) => chain.length - 1,
  connections: ({ chain }) =>
    [...new Set(chain.map((model) => model.connection))].filter((slug) => slug !== "sandbox"),
  sample: { config: {}, inputs: { prompt: "Say what a workflow is in one sentence." } },
  async run({ config, input, can }) {
    const position = (can.tries - 1) % config.chain.length;
    const model = config.chain[position];
    const before = position > 0 ? config.chain[position - 1] : undefined;
    if (model === undefined) throw new RangeError("the model chain is empty");
    const answer = await can.llm({
      ...model,
      fallbackFrom: before?.model,
      fallbackTo: config.chain[position + 1]?.model,
      system: input.system,
      prompt: input.prompt,
      schema: config.responseSchema,
      temperature: config.temperature,
      maxTokens: config.maxTokens,
    });
    if (answer.sandbox) can.log("info", "Answered by the built-in sandbox model: no provider was asked.");
    const output: JsonObject = { text: answer.text };
    if (answer.data !== undefined) output.data = answer.data;
    return output;
  },
});
