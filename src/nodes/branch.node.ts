import { z } from "zod";
import { route } from "../core/capabilities.ts";
import { Cel } from "../core/binding.ts";
import { Json, Key } from "../core/json.ts";
import { defineNode } from "../core/node.ts";
import { quickParser } from "../core/quick-parse.ts";

const Case = z.strictObject({ port: Key, expr: Cel.min(1), label: z.string().max(80).optional() });
const Config = z
  .strictObject({
    cases: z
      .array(Case)
      .min(1)
      .max(32)
      .default([{ port: "yes", expr: "true" }]),
    otherwise: Key.default("no"),
  })
  .refine(
    ({ cases, otherwise }) => new Set([...cases.map((one) => one.port), otherwise]).size === cases.length + 1,
    {
      message: "every way out needs a name of its own",
    },
  );

/** The conditions of a config that may still be unfinished. */
const written = quickParser(z.looseObject({ cases: z.array(z.looseObject({ expr: z.string() })) }));

export default defineNode({
  kind: "branch",
  title: "Branch",
  summary: "Takes the first way whose condition is true: an if with one case, a switch with several.",
  icon: "split",
  category: "logic",
  config: Config,
  inputs: { value: Json.optional() },
  outputs: {},
  form: {
    cases: {
      label: "Cases",
      widget: "cases",
      help: "The first condition that is true decides. `value` is the input of this node.",
    },
    otherwise: { label: "Otherwise", widget: "text", help: "The way taken when no condition is true." },
    value: { label: "Value", help: "Passed on to the way that is taken." },
  },
  effect: "pure",
  retry: { maxAttempts: 1 },
  ports: ({ cases, otherwise }, fixed) => {
    const routes = [...cases.map((one) => one.port), otherwise];
    return {
      inputs: fixed.inputs,
      outputs: Object.fromEntries(
        routes.map((port) => {
          const title = cases.find((one) => one.port === port)?.label;
          return [port, { schema: {}, required: false, ...(title === undefined ? {} : { title }) }];
        }),
      ),
      routes,
    };
  },
  expressions: (config) => {
    const parsed = written(config);
    return parsed
      ? parsed.cases.map(({ expr }, n) => ({
          path: `config.cases[${n}].expr`,
          expr,
          extra: ["value"],
          want: "bool" as const,
        }))
      : [];
  },
  fact: ({ cases }) => (cases.length === 1 ? (cases[0]?.expr ?? "") : `${cases.length} cases`),
  sample: {
    config: { cases: [{ port: "large", expr: "value > 100" }], otherwise: "small" },
    inputs: { value: 250 },
  },
  run({ config, input, can }) {
    const value = input.value ?? null;
    const taken =
      config.cases.find((one) => can.evaluate(one.expr, { value }) === true)?.port ?? config.otherwise;
    return route(taken, { [taken]: value });
  },
});
