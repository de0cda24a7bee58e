import { z } from "zod";
import { park } from "../core/capabilities.ts";
import { Slug } from "../core/json.ts";
import { defineNode } from "../core/node.ts";
import { objectPorts } from "../core/object-ports.ts";

export default defineNode({
  kind: "sub-workflow",
  title: "Sub-workflow",
  summary: "Starts another workflow and waits for its output, or lets it run on its own.",
  icon: "workflow",
  category: "logic",
  config: z.strictObject({
    workflow: Slug,
    version: z.union([z.int().min(1), z.literal("live")]).default("live"),
    lane: z.string().max(40).optional(),
    detach: z.boolean().default(false),
  }),
  inputs: {},
  outputs: { run: z.string() },
  form: {
    workflow: { label: "Workflow", widget: "workflow" },
    version: {
      label: "Version",
      widget: "text",
      help: "A number, or live for whatever is live when the run starts.",
      advanced: true,
    },
    lane: { label: "Lane", widget: "text", advanced: true },
    detach: {
      label: "Do not wait for it",
      widget: "switch",
      help: "The step succeeds as soon as the other run is accepted.",
    },
  },
  effect: "idempotent",
  ports: ({ workflow, detach }, fixed, around) => {
    const known = around.workflows.find((one) => one.slug === workflow);
    if (known === undefined) return fixed;
    return {
      inputs: objectPorts(known.input),
      outputs: detach ? fixed.outputs : { ...fixed.outputs, ...objectPorts(known.output) },
      routes: [],
    };
  },
  fact: ({ workflow, version }) => (version === "live" ? workflow : `${workflow} v${version}`),
  workflows: ({ workflow, version }) => [{ slug: workflow, version }],
  sample: { config: { workflow: "another-workflow" }, inputs: {} },
  run({ config, given }) {
    return park({
      for: "run",
      workflow: config.workflow,
      version: config.version,
      input: given,
      lane: config.lane,
      detach: config.detach,
    });
  },
});
