import { z } from "zod";
import { Cel } from "../core/binding.ts";
import { Json, JsonObject, Slug } from "../core/json.ts";
import { defineNode } from "../core/node.ts";

const megabyte = 1024 * 1024;

export default defineNode({
  kind: "trigger-webhook",
  title: "Webhook",
  summary:
    "Starts the workflow when somebody posts to its secret address. Each delivery starts one run, however often it is sent.",
  icon: "webhook",
  category: "trigger",
  role: "trigger",
  config: z.strictObject({
    signing: z.enum(["none", "standard", "github", "stripe", "slack"]).default("none"),
    connection: Slug.optional(),
    accepts: z.enum(["json", "form", "text"]).default("json"),
    bodySchema: JsonObject.optional(),
    answer: z.enum(["accepted", "wait"]).default("accepted"),
    waitMs: z.int().min(100).max(60_000).default(30_000),
    dedupe: Cel.optional(),
    maxBytes: z
      .int()
      .min(1_024)
      .max(10 * megabyte)
      .default(megabyte),
    maxPerMinute: z.int().min(1).max(6_000).optional(),
  }),
  inputs: {},
  outputs: { input: Json },
  form: {
    signing: {
      label: "Signature",
      widget: "select",
      help: "How the sender signs what it sends. With none, whoever knows the address may start this workflow.",
    },
    connection: {
      label: "Signing secret",
      widget: "connection",
      connectionKind: "signing",
      unless: { field: "signing", is: "none" },
      help: "A connection of the kind signing, which holds the secret the sender was given.",
    },
    accepts: { label: "Takes", widget: "select", help: "Anything else is refused before it is read." },
    answer: {
      label: "Answers",
      widget: "select",
      help: "accepted: at once, with the run's id. wait: with what a Respond node says, or with the run's output.",
    },
    waitMs: {
      label: "Waits at most",
      widget: "duration",
      help: "After that it answers accepted.",
      unless: { field: "answer", is: "accepted" },
    },
    bodySchema: {
      label: "Shape of the body",
      widget: "schema",
      help: "Bodies that do not fit are refused, and the map below knows their fields.",
      advanced: true,
    },
    dedupe: {
      label: "Delivery id",
      widget: "expression",
      placeholder: "event.body.id",
      help: "Two deliveries with the same id start one run. Without it the id is the one the signature carries, if any.",
      advanced: true,
    },
    maxBytes: { label: "Largest body, in bytes", widget: "number", advanced: true },
    maxPerMinute: { label: "Most deliveries a minute", widget: "number", advanced: true },
  },
  effect: "pure",
  base: "event.body",
  event: ({ bodySchema, accepts }) => ({
    type: "object",
    additionalProperties: false,
    properties: {
      body: bodySchema ?? (accepts === "text" ? { type: "string" } : {}),
      headers: { type: "object", additionalProperties: { type: "string" } },
      query: { type: "object", additionalProperties: { type: "string" } },
      deliveryId: { type: ["string", "null"] },
      receivedAt: { type: "string" },
    },
    required: ["body", "headers", "query", "deliveryId", "receivedAt"],
  }),
  connections: ({ signing, connection }) =>
    signing === "none" || connection === undefined ? [] : [connection],
  expressions: ({ dedupe }) =>
    typeof dedupe !== "string" || dedupe === ""
      ? []
      : [{ path: "config.dedupe", expr: dedupe, extra: ["event"], want: "any" }],
  fact: ({ signing, answer }) =>
    [signing === "none" ? "unsigned" : "signed", answer === "wait" ? "answers when done" : ""]
      .filter(Boolean)
      .join(", "),
  sample: { config: { signing: "standard", connection: "shop-signing" }, inputs: {} },
  run: () => ({}),
});
