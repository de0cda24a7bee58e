import { z } from "zod";
import { Json } from "../core/json.ts";
import { defineNode } from "../core/node.ts";
import { scheduleProblem } from "../core/schedule.ts";

const longestJitterMs = 6 * 60 * 60 * 1_000;

const isTimezone = (name: string) => scheduleProblem("0 0 * * *", name) === null;
const isCron = (cron: string) => scheduleProblem(cron, "UTC") === null;

export default defineNode({
  kind: "trigger-schedule",
  title: "Schedule",
  summary:
    "Starts the workflow at the times a cron expression names, each time once, also across clock changes and downtime.",
  icon: "calendar",
  category: "trigger",
  role: "trigger",
  config: z.strictObject({
    cron: z
      .string()
      .max(200)
      .refine(isCron, {
        error: ({ input }) => scheduleProblem(String(input), "UTC") ?? "is no cron expression",
      })
      .default("0 9 * * 1-5"),
    timezone: z
      .string()
      .max(64)
      .refine(isTimezone, "is no time zone; write one such as Europe/Berlin")
      .default("UTC"),
    overlap: z.enum(["skip", "queue", "cancel_previous"]).default("skip"),
    catchUp: z.enum(["none", "latest", "all"]).default("latest"),
    jitterMs: z.int().min(0).max(longestJitterMs).default(0),
  }),
  inputs: {},
  outputs: { input: Json },
  form: {
    cron: {
      label: "Cron",
      widget: "text",
      placeholder: "0 9 * * 1-5",
      help: "Minute, hour, day, month, weekday; six fields begin with seconds.",
    },
    timezone: {
      label: "Time zone",
      widget: "text",
      placeholder: "Europe/Berlin",
      help: "Clock changes are kept: a daily time comes once a day.",
    },
    overlap: {
      label: "While the last run still goes",
      widget: "select",
      help: "skip: leave this time out. queue: start when it has ended. cancel_previous: cancel it and start.",
    },
    catchUp: {
      label: "Times missed while nothing ran",
      widget: "select",
      help: "none: leave them out. latest: one run for all of them. all: one run each, at most 100.",
      advanced: true,
    },
    jitterMs: {
      label: "Spread",
      widget: "duration",
      help: "Moves this trigger behind its times by a fixed part of this, so that many schedules do not start at once.",
      advanced: true,
    },
  },
  effect: "pure",
  event: () => ({
    type: "object",
    additionalProperties: false,
    properties: { scheduledAt: { type: "string" }, timezone: { type: "string" } },
    required: ["scheduledAt", "timezone"],
  }),
  fact: ({ cron, timezone }) => (timezone === "UTC" ? cron : `${cron} ${timezone}`),
  sample: { config: { cron: "0 9 * * 1-5", timezone: "Europe/Berlin" }, inputs: {} },
  run: () => ({}),
});
