import { z } from "zod";
import { Cel } from "../core/binding.ts";
import { park } from "../core/capabilities.ts";
import { signalMatches } from "../core/expression/signal-match.ts";
import { Json, Ms } from "../core/json.ts";
import { defineNode } from "../core/node.ts";
import { SignalName } from "../core/worker.ts";

export default defineNode({
  kind: "signal-wait",
  title: "Wait for a signal",
  summary:
    "Waits until somebody, or another system, sends the run a signal of this name, and passes on what it brought.",
  icon: "radio",
  category: "logic",
  config: z.strictObject({
    name: SignalName,
    match: Cel.refine((source) => signalMatches(source) !== null, {
      message: "it must be equalities joined by &&, such as signal.order == input.order",
    }).optional(),
    timeoutMs: Ms.optional(),
    onTimeout: z.enum(["fail", "continue"]).default("fail"),
  }),
  inputs: {},
  outputs: { signal: Json },
  form: {
    name: { label: "Signal", widget: "text", placeholder: "payment.received" },
    match: {
      label: "Only when",
      widget: "expression",
      placeholder: "signal.order == input.order",
      help: "Equalities over `signal`, joined by &&. Other signals of this name are left for later steps.",
    },
    timeoutMs: { label: "Gives up after", widget: "duration", advanced: true },
    onTimeout: {
      label: "When it does not come",
      widget: "select",
      help: "fail: the step fails. continue: the run goes on, with null as the signal.",
      advanced: true,
    },
  },
  effect: "pure",
  retry: { maxAttempts: 1 },
  expressions: ({ match }) =>
    typeof match === "string" ? [{ path: "config.match", expr: match, extra: ["signal"], want: "bool" }] : [],
  fact: ({ name }) => name,
  sample: { config: { name: "payment.received" }, inputs: {} },
  run: ({ config, can }) =>
    park({
      for: "signal",
      name: config.name,
      match: (config.match === undefined ? [] : (signalMatches(config.match) ?? [])).map(
        ({ path, expr }) => ({
          path,
          value: can.evaluate(expr),
        }),
      ),
      timeoutMs: config.timeoutMs,
      onTimeout: config.onTimeout,
    }),
});
