// What the compiler makes of triggers, and what it says about them.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CanvasDoc } from "../core/canvas.ts";
import { compile } from "../core/compile.ts";
import type { Surroundings } from "../core/node.ts";
import { registry } from "./registry.gen.ts";

const sha256 = (utf8: Uint8Array) => createHash("sha256").update(utf8).digest("hex");
const schema = { type: "object", properties: { total: { type: "number" } } };
const around: Surroundings = {
  tools: [],
  workflows: [{ slug: "orders", title: "Orders", version: 1, input: {}, output: schema }],
  connections: [
    { slug: "shop", kind: "signing", hosts: [] },
    { slug: "billing", kind: "http", hosts: ["billing.example.com"] },
  ],
};
const input = {
  type: "object",
  required: ["id"],
  properties: { id: { type: "string" }, total: { type: "number" } },
};

function compiled(
  kind: string,
  config: object = {},
  more: { inputs?: object; input?: object; settings?: object } = {},
) {
  const { inputs = {}, ...rest } = more;
  const doc = CanvasDoc.parse({
    schemaVersion: 1,
    input,
    ...rest,
    variables: { prefix: "o-" },
    nodes: [
      { id: "t", key: "begin", kind, config, inputs, position: { x: 0, y: 0 } },
      {
        id: "k",
        key: "keep",
        kind: "transform",
        config: { fields: { id: { ref: "input.id" } } },
        position: { x: 0, y: 0 },
      },
    ],
    edges: [{ id: "e", source: "t", sourcePort: "input", target: "k" }],
  });
  return compile(doc, registry, around, { title: "Triggered", sha256 });
}

const findings = (...args: Parameters<typeof compiled>) =>
  compiled(...args).diagnostics.map(({ code, path, message }) => `${code} ${path ?? ""}: ${message}`);

describe("the plan", () => {
  test("keeps a trigger's config with its defaults, its map and what of the event is the input by itself", () => {
    const { plan } = compiled(
      "trigger-webhook",
      { signing: "standard", connection: "shop" },
      {
        inputs: { id: { template: "{{ vars.prefix }}{{ event.body.order }}" } },
      },
    );
    expect(plan?.triggers).toEqual([
      {
        key: "begin",
        kind: "trigger-webhook",
        nodeId: "t",
        base: "event.body",
        map: { id: { template: "{{ vars.prefix }}{{ event.body.order }}" } },
        config: {
          signing: "standard",
          connection: "shop",
          accepts: "json",
          answer: "accepted",
          waitMs: 30_000,
          maxBytes: 1_048_576,
        },
      },
    ]);
  });
  test("lists the secrets and workflows that triggers and failures use", () => {
    const signed = compiled(
      "trigger-webhook",
      { signing: "standard", connection: "shop" },
      { settings: { errorWorkflow: "orders" } },
    );
    expect(signed.plan?.uses).toMatchObject({
      connections: [{ slug: "shop", hosts: [] }],
      workflows: [{ slug: "orders", version: "live" }],
    });
    expect(compiled("trigger-workflow", { workflow: "orders" }).plan?.uses.workflows).toEqual([
      { slug: "orders", version: "live" },
    ]);
  });
});

describe("the compiler says", () => {
  test("nothing about a webhook that leaves the input to the body", () => {
    expect(findings("trigger-webhook")).toEqual([]);
  });
  test("that a schedule starts runs without what the input requires", () => {
    expect(findings("trigger-schedule")).toEqual([
      'port.missing inputs.id: begin starts runs without "id", which the workflow\'s input requires.',
    ]);
    expect(findings("trigger-schedule", {}, { inputs: { id: { ref: "event.scheduledAt" } } })).toEqual([]);
    const filled = { ...input, properties: { ...input.properties, id: { type: "string", default: "none" } } };
    expect(findings("trigger-schedule", {}, { input: filled })).toEqual([]);
  });
  test("what does not fit the field it fills", () => {
    expect(findings("trigger-webhook", {}, { inputs: { total: { ref: "event.receivedAt" } } })).toEqual([
      'port.type inputs.total: This does not fit the input "total" of begin: text does not fit a number.',
    ]);
    expect(
      findings(
        "trigger-workflow",
        { workflow: "orders" },
        { inputs: { id: { ref: "event.output.total" } } },
      )[0],
    ).toMatch(/^port\.type inputs\.id: /);
  });
  test("which field there is not, in the input and in the event", () => {
    expect(findings("trigger-webhook", {}, { inputs: { ids: { ref: "event.body.id" } } })).toEqual([
      'port.unknown inputs.ids: begin fills "ids", which is no field of the workflow\'s input.',
    ]);
    expect(findings("trigger-webhook", {}, { inputs: { id: { ref: "event.bodi" } } })[0]).toMatch(
      /^ref\.unknown inputs\.id: event\.bodi: /,
    );
    expect(
      findings("trigger-webhook", {}, { inputs: { id: { ref: "steps.keep.output.value" } } })[0],
    ).toMatch(/^ref\.unknown inputs\.id: /);
  });
  test("that a delivery id does not parse", () => {
    expect(findings("trigger-webhook", { dedupe: "event.body.id +" })[0]).toMatch(
      /^expr\.syntax config\.dedupe: /,
    );
    expect(findings("trigger-webhook", { dedupe: "event.bodi" })[0]).toMatch(
      /^(ref\.unknown|expr\.type) config\.dedupe: /,
    );
  });
  test("that no secret, or none of the right kind, checks the signature", () => {
    expect(findings("trigger-webhook", { signing: "standard" })).toEqual([
      "node.config config.connection: begin checks signatures, but no connection holds the secret.",
    ]);
    expect(findings("trigger-webhook", { signing: "github", connection: "billing" })).toEqual([
      "node.config config.connection: begin checks signatures with billing, which is a connection of the kind http.",
    ]);
  });
  test("what is wrong with a schedule", () => {
    const own = { inputs: { id: { literal: "x" } } };
    expect(findings("trigger-schedule", { cron: "90 * * * *" }, own)[0]).toMatch(
      /^node\.config config\.cron: .*Invalid value for minute: 90/,
    );
    expect(findings("trigger-schedule", { timezone: "Mars/Base" }, own)[0]).toMatch(
      /^node\.config config\.timezone: .*is no time zone/,
    );
  });
  test("that the workflow to follow, or to tell of failures, is not there", () => {
    expect(findings("trigger-workflow", { workflow: "nobody" })[0]).toMatch(
      /^workflow\.missing config\.workflow: /,
    );
    expect(findings("trigger-webhook", {}, { settings: { errorWorkflow: "nobody" } })).toEqual([
      "workflow.missing settings.errorWorkflow: Failures are to start the workflow nobody, which does not exist or has no published version.",
    ]);
  });
});
