import { z } from "zod";
import { StepError } from "../core/failure.ts";
import { defineNode } from "../core/node.ts";

const mimes = {
  text: "text/plain",
  markdown: "text/markdown",
  json: "application/json",
  table: "application/json",
  link: "text/uri-list",
} as const;

export default defineNode({
  kind: "artifact",
  title: "Artifact",
  summary: "Keeps a result for people: text, markdown, JSON, a table or a link.",
  icon: "file",
  category: "output",
  config: z.strictObject({ kind: z.enum(["markdown", "text", "json", "table", "link"]).default("markdown") }),
  inputs: { title: z.string().min(1).max(200), content: z.json() },
  outputs: {
    artifact: z.strictObject({ title: z.string(), kind: z.string(), sha256: z.string(), bytes: z.int() }),
  },
  form: {
    kind: { label: "Shown as", widget: "select" },
    title: { label: "Title", widget: "template" },
    content: { label: "Content", widget: "prompt" },
  },
  effect: "idempotent",
  fact: ({ kind }) => kind,
  sample: { config: { kind: "markdown" }, inputs: { title: "Report", content: "# Done" } },
  async run({ config, input, can }) {
    const text = typeof input.content === "string" ? input.content : JSON.stringify(input.content, null, 2);
    if (config.kind === "link" && !/^https?:\/\//.test(text))
      throw new StepError("validation", "input_invalid", "A link must start with http:// or https://.", {
        hint: "Check the content of this node.",
      });
    const kept = await can.artifact({
      kind: config.kind,
      title: input.title,
      mime: mimes[config.kind],
      ...(config.kind === "link" ? { url: text } : { body: text }),
    });
    return { artifact: { title: kept.title, kind: kept.kind, sha256: kept.sha256, bytes: kept.bytes } };
  },
});
