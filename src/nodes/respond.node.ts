import { z } from "zod";
import { Json } from "../core/json.ts";
import { defineNode } from "../core/node.ts";

/** What an answer may set: nothing that changes how the browser treats this origin. */
const HeaderName = z
  .string()
  .regex(
    /^(content-type|cache-control|retry-after|x-[a-z0-9-]{1,60})$/,
    "use content-type, cache-control, retry-after or x-…",
  );
const HeaderText = z
  .string()
  .max(500)
  .regex(/^[\x20-\x7e]*$/, "use printable ASCII");

export default defineNode({
  kind: "respond",
  title: "Respond",
  summary:
    "Answers the webhook that started the run, if it waits. The first one to succeed is the answer; in other runs it is only recorded.",
  icon: "webhook",
  category: "output",
  config: z.strictObject({
    status: z.int().min(200).max(599).default(200),
    headers: z.record(HeaderName, HeaderText).default({}),
  }),
  inputs: { body: Json.optional() },
  outputs: { status: z.int(), headers: z.record(z.string(), z.string()), body: Json },
  form: {
    status: { label: "Status", widget: "number" },
    headers: {
      label: "Headers",
      widget: "key-value",
      help: "content-type, cache-control, retry-after and x-… in lower case. Pages of HTML are sent as text.",
      advanced: true,
    },
    body: { label: "Body", widget: "json", help: "Text is sent as text, anything else as JSON." },
  },
  effect: "pure",
  fact: ({ status }) => String(status),
  sample: { config: { status: 201 }, inputs: { body: { received: true } } },
  run: ({ config, input }) => ({ status: config.status, headers: config.headers, body: input.body ?? null }),
});
