import { z } from "zod";
import { park } from "../core/capabilities.ts";
import { JsonObject, Ms } from "../core/json.ts";
import { defineNode } from "../core/node.ts";
import { Approvers } from "../core/run.ts";

export default defineNode({
  kind: "approval",
  title: "Approval",
  summary: "Waits until people agree or refuse, and goes on by their decision.",
  icon: "hand",
  category: "people",
  config: z.strictObject({
    approvers: Approvers.prefault({}),
    editable: JsonObject.optional(),
    timeoutMs: Ms.optional(),
    onTimeout: z.enum(["fail", "rejected"]).default("fail"),
  }),
  inputs: { title: z.string().min(1), message: z.string().optional(), payload: z.json().optional() },
  outputs: {
    decision: z.enum(["approved", "rejected"]),
    by: z.string(),
    comment: z.string().optional(),
    payload: z.json().optional(),
  },
  form: {
    title: { label: "Question", widget: "template", placeholder: "Send {{ input.count }} mails?" },
    message: { label: "What they should know", widget: "prompt" },
    payload: { label: "Data shown", help: "Shown with the question, and passed on." },
    approvers: { label: "Who decides", widget: "approvers" },
    timeoutMs: { label: "Expires after", widget: "duration", advanced: true },
    onTimeout: { label: "When it expires", widget: "select", advanced: true },
    editable: {
      label: "Editable fields",
      widget: "schema",
      help: "JSON Schema of what the approver may change.",
      advanced: true,
    },
  },
  effect: "pure",
  retry: { maxAttempts: 1 },
  ports: (_, fixed) => ({
    ...fixed,
    outputs: {
      approved: { schema: { type: "null" }, required: false, title: "Approved" },
      rejected: { schema: { type: "null" }, required: false, title: "Rejected" },
      ...fixed.outputs,
    },
    routes: ["approved", "rejected"],
  }),
  fact: ({ approvers }) => [...approvers.roles, ...approvers.users.map(() => "a person")].join(", "),
  sample: { config: {}, inputs: { title: "Go on?" } },
  run: ({ config, input }) =>
    park({
      for: "approval",
      title: input.title,
      message: input.message,
      payload: input.payload,
      editable: config.editable,
      approvers: config.approvers,
      timeoutMs: config.timeoutMs,
      onTimeout: config.onTimeout,
    }),
});
