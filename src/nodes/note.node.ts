import { z } from "zod";
import { defineNode } from "../core/node.ts";

export default defineNode({
  kind: "note",
  title: "Note",
  summary: "A sticky note on the canvas. It never runs.",
  icon: "sticky-note",
  category: "canvas",
  role: "canvas",
  config: z.strictObject({
    text: z.string().max(20_000).default(""),
    colour: z.string().max(24).default("yellow"),
  }),
  inputs: {},
  outputs: {},
  form: { text: { label: "Text", widget: "textarea" }, colour: { label: "Colour", widget: "select" } },
  effect: "pure",
  sample: { config: { text: "Remember why." }, inputs: {} },
  run: () => ({}),
});
