import { z } from "zod";
import { Json, Slug } from "../core/json.ts";
import { defineNode } from "../core/node.ts";

export default defineNode({
  kind: "trigger-workflow",
  title: "After a workflow",
  summary: "Starts the workflow when a run of another one has ended, with what that run gave.",
  icon: "workflow",
  category: "trigger",
  role: "trigger",
  config: z.strictObject({
    workflow: Slug,
    on: z.enum(["succeeded", "failed", "finished"]).default("succeeded"),
  }),
  inputs: {},
  outputs: { input: Json },
  form: {
    workflow: { label: "Workflow", widget: "workflow" },
    on: {
      label: "When it has",
      widget: "select",
      help: "finished: succeeded or failed. Cancelled runs start nothing.",
    },
  },
  effect: "pure",
  base: "event.output",
  event: ({ workflow }, around) => ({
    type: "object",
    additionalProperties: false,
    properties: {
      run: { type: "string" },
      workflow: { type: "string" },
      title: { type: "string" },
      status: { enum: ["succeeded", "failed"] },
      output: around.workflows.find(({ slug }) => slug === workflow)?.output ?? {},
      error: {
        type: ["object", "null"],
        properties: { class: { type: "string" }, code: { type: "string" }, message: { type: "string" } },
      },
      finishedAt: { type: "string" },
    },
    required: ["run", "workflow", "title", "status", "error", "finishedAt"],
  }),
  workflows: ({ workflow }) => [{ slug: workflow, version: "live" }],
  fact: ({ workflow, on }) => `${workflow} ${on}`,
  sample: { config: { workflow: "another-workflow" }, inputs: {} },
  run: () => ({}),
});
