import { z } from "zod";
import { StepError } from "../core/failure.ts";
import { Key } from "../core/json.ts";
import { defineNode } from "../core/node.ts";

export default defineNode({
  kind: "fail",
  title: "Fail",
  summary: "Ends the way it stands on as failed, with a code and a message of yours.",
  icon: "octagon-x",
  category: "output",
  config: z.strictObject({ code: Key.default("failed") }),
  inputs: { message: z.string().min(1).max(500) },
  outputs: {},
  form: {
    code: { label: "Code", widget: "text", help: "A stable word that alerts and filters can rely on." },
    message: { label: "Message", widget: "template", placeholder: "The invoice {{ input.id }} has no total" },
  },
  effect: "pure",
  retry: { maxAttempts: 1 },
  fact: ({ code }) => code,
  sample: { config: { code: "no_total" }, inputs: { message: "The invoice has no total." } },
  run({ config, input }) {
    throw new StepError("permanent", config.code, input.message, {
      hint: "The workflow asked for this failure.",
    });
  },
});
