import { z } from "zod";
import { Cel } from "../core/binding.ts";
import type { Json } from "../core/json.ts";
import { defineNode } from "../core/node.ts";

export default defineNode({
  kind: "filter",
  title: "Filter",
  summary: "Splits a list into the items that satisfy a condition and the rest.",
  icon: "filter",
  category: "data",
  config: z.strictObject({ keep: Cel.min(1).default("true") }),
  inputs: { items: z.array(z.json()).max(10_000) },
  outputs: { kept: z.array(z.json()), dropped: z.array(z.json()) },
  form: {
    keep: { label: "Keep an item when", widget: "expression", placeholder: "item.total > 100" },
    items: { label: "Items" },
  },
  effect: "pure",
  retry: { maxAttempts: 1 },
  expressions: (config) =>
    typeof config.keep === "string"
      ? [{ path: "config.keep", expr: config.keep, extra: ["item", "index"], each: "items", want: "bool" }]
      : [],
  fact: ({ keep }) => keep,
  sample: { config: { keep: "item > 1" }, inputs: { items: [1, 2, 3] } },
  run({ config, input, can }) {
    const kept: Json[] = [];
    const dropped: Json[] = [];
    input.items.forEach((item, index) => {
      (can.evaluate(config.keep, { item, index }) === true ? kept : dropped).push(item);
    });
    return { kept, dropped };
  },
});
