import { z } from "zod";
import { Json } from "../core/json.ts";
import { defineNode } from "../core/node.ts";

export default defineNode({
  kind: "trigger-manual",
  title: "Manual trigger",
  summary:
    "Starts the workflow when a person, the command line or the API asks for it, with the workflow's input.",
  icon: "play",
  category: "trigger",
  role: "trigger",
  config: z.strictObject({}),
  inputs: {},
  outputs: { input: Json },
  form: {},
  effect: "pure",
  sample: { config: {}, inputs: {} },
  run: () => ({}),
});
