import { z } from "zod";
import { Binding } from "../core/binding.ts";
import { StepError } from "../core/failure.ts";
import { defineNode } from "../core/node.ts";

export default defineNode({
  kind: "map",
  title: "For each",
  summary: "Runs the nodes inside it once for every item of a list, several at a time.",
  icon: "repeat",
  category: "logic",
  role: "container",
  config: z.strictObject({
    concurrency: z.int().min(1).max(100).default(8),
    maxItems: z.int().min(1).max(10_000).default(1_000),
    onItemFailure: z.enum(["fail", "collect"]).default("fail"),
    result: Binding.default({ ref: "item" }),
  }),
  inputs: { items: z.array(z.json()) },
  outputs: { items: z.array(z.json()), failed: z.array(z.json()), count: z.int() },
  form: {
    items: { label: "Items" },
    result: { label: "Result of one item", help: "May name the steps inside, `item` and `index`." },
    concurrency: { label: "At the same time", widget: "number" },
    maxItems: {
      label: "Most items",
      widget: "number",
      help: "A longer list fails the step before anything runs.",
      advanced: true,
    },
    onItemFailure: {
      label: "When an item fails",
      widget: "select",
      help: "fail: no further item starts and the step fails. collect: the error lands in `failed` and the rest goes on.",
    },
  },
  effect: "pure",
  retry: { maxAttempts: 1 },
  bindings: (config) => {
    const parsed = Binding.safeParse(config.result ?? { ref: "item" });
    return parsed.success ? [{ path: "config.result", binding: parsed.data, inside: true }] : [];
  },
  fact: ({ concurrency, maxItems }) => `${concurrency} at a time, up to ${maxItems}`,
  sample: { config: {}, inputs: { items: [1, 2, 3] } },
  // Only the split part runs here; the engine collects the results of the items.
  run({ config, input }) {
    if (input.items.length > config.maxItems)
      throw new StepError(
        "validation",
        "map_too_large",
        `The list has ${input.items.length} items; at most ${config.maxItems} are allowed here.`,
        {
          hint: "Raise the limit in the node's settings, or filter the list first.",
        },
      );
    return { items: input.items };
  },
});
