import { z } from "zod";
import { Binding, Cel } from "../core/binding.ts";
import { Json, Ms } from "../core/json.ts";
import { defineNode } from "../core/node.ts";

export default defineNode({
  kind: "repeat",
  title: "Repeat until",
  summary: "Runs the nodes inside it again and again until a condition holds, at most so many times.",
  icon: "rotate",
  category: "logic",
  role: "container",
  body: "turns",
  config: z.strictObject({
    maxTurns: z.int().min(1).max(1_000),
    until: Cel.min(1),
    delayMs: Ms.max(30 * 24 * 60 * 60 * 1_000).default(0),
    onBound: z.enum(["fail", "stop"]).default("fail"),
    result: Binding.default({ ref: "previous" }),
  }),
  inputs: { start: Json.optional() },
  outputs: { last: Json, turns: z.int() },
  form: {
    start: { label: "Start with", help: "What `previous` is in the first turn." },
    until: {
      label: "Stop when",
      widget: "expression",
      placeholder: 'steps.check.output.body.state == "done"',
      help: "Asked at the end of every turn. May name the steps inside, `turn` (counted from 0) and `previous`.",
    },
    maxTurns: { label: "Most turns", widget: "number", placeholder: "20" },
    result: {
      label: "Result of one turn",
      help: "What `previous` is in the next turn, and `last` in the end.",
    },
    delayMs: { label: "Pause between turns", widget: "duration" },
    onBound: {
      label: "When the last turn did not stop it",
      widget: "select",
      help: "fail: the step fails. stop: it ends with the last result.",
    },
  },
  effect: "pure",
  retry: { maxAttempts: 1 },
  bindings: (config) => {
    const parsed = Binding.safeParse(config.result ?? { ref: "previous" });
    return parsed.success ? [{ path: "config.result", binding: parsed.data, inside: true }] : [];
  },
  expressions: ({ until }) =>
    typeof until === "string" && until !== ""
      ? [{ path: "config.until", expr: until, extra: [], inside: true, want: "bool" }]
      : [],
  fact: ({ until, maxTurns }) => `until ${until}, at most ${maxTurns}`,
  sample: { config: { maxTurns: 5, until: "turn >= 2" }, inputs: { start: 1 } },
  // Only the part before the first turn runs here; the worker ends each turn, the engine starts the next.
  run: ({ input }) => ({ items: [input.start ?? null] }),
});
