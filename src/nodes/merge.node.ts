import { z } from "zod";
import type { Json } from "../core/json.ts";
import { defineNode } from "../core/node.ts";

export default defineNode({
  kind: "merge",
  title: "Merge",
  summary: "Joins several ways into one: waits for all of them, for all that were taken, or for the first.",
  icon: "merge",
  category: "logic",
  config: z.strictObject({ mode: z.enum(["all", "any", "first"]).default("all") }),
  inputs: { items: z.json().optional() },
  outputs: { items: z.array(z.json()), first: z.json() },
  form: {
    mode: {
      label: "Go on when",
      widget: "select",
      help: "all: every way arrived. any: all ways have ended and at least one arrived. first: the first way arrived.",
    },
    items: { label: "Ways in" },
  },
  effect: "pure",
  retry: { maxAttempts: 1 },
  ports: (_, fixed) => ({ ...fixed, inputs: { items: { schema: {}, required: false, many: true } } }),
  join: (config) => (config.mode === "any" || config.mode === "first" ? config.mode : "all"),
  fact: ({ mode }) => `${mode} of the ways in`,
  sample: { config: {}, inputs: { items__0: "a", items__1: "b" } },
  run({ config, input }) {
    const numbered = Object.entries(input)
      .flatMap(([key, value]) =>
        key.startsWith("items__") ? [{ n: Number(key.slice("items__".length)), value }] : [],
      )
      .sort((a, b) => a.n - b.n)
      .map(({ value }): Json => value ?? null);
    const items = config.mode === "all" ? numbered : numbered.filter((value) => value !== null);
    return { items, first: items[0] ?? null };
  },
});
