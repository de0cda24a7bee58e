import { z } from "zod";
import { park } from "../core/capabilities.ts";
import { StepError } from "../core/failure.ts";
import { Ms } from "../core/json.ts";
import { defineNode } from "../core/node.ts";

const longestMs = 365 * 24 * 60 * 60 * 1_000;

export default defineNode({
  kind: "wait",
  title: "Wait",
  summary: "Pauses the run for a time or until a moment. It costs a row, not a worker.",
  icon: "clock",
  category: "logic",
  config: z.strictObject({ forMs: Ms.max(longestMs).optional() }),
  inputs: { until: z.iso.datetime({ offset: true }).optional() },
  outputs: {},
  form: {
    forMs: { label: "For", widget: "duration" },
    until: {
      label: "Until",
      widget: "datetime",
      help: "A moment such as 2026-12-24T18:00:00Z. It wins over the duration.",
    },
  },
  effect: "pure",
  retry: { maxAttempts: 1 },
  fact: ({ forMs }) => (forMs === undefined ? "until a moment" : `${forMs / 1_000} s`),
  sample: { config: { forMs: 1_000 }, inputs: {} },
  run({ config, input }) {
    if (input.until !== undefined) return park({ for: "timer", until: new Date(input.until).toISOString() });
    if (config.forMs === undefined)
      throw new StepError("validation", "input_invalid", "This wait has neither a duration nor a moment.", {
        hint: "Fill in one of the two.",
      });
    return park({ for: "timer", forMs: config.forMs });
  },
});
