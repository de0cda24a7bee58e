// The compiler over the kinds as they ship.
import { readdirSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CanvasDoc } from "../core/canvas.ts";
import { compile } from "../core/compile.ts";
import type { Surroundings } from "../core/node.ts";
import { openDocument } from "../core/open-document.ts";
import { Plan } from "../core/plan.ts";
import { registry } from "./registry.gen.ts";

const sha256 = (utf8: Uint8Array) => createHash("sha256").update(utf8).digest("hex");
const nothing: Surroundings = { tools: [], workflows: [], connections: [] };
const compiled = (doc: CanvasDoc, around = nothing) =>
  compile(doc, registry, around, { title: "Pay invoice", sha256 });

const invoice = CanvasDoc.parse({
  schemaVersion: 1,
  input: { type: "object", required: ["invoiceId"], properties: { invoiceId: { type: "string" } } },
  output: { receipt: { ref: "steps.pay.output.body?" } },
  variables: { limit: 1000 },
  settings: { lane: "B" },
  nodes: [
    { id: "n1", key: "start", kind: "trigger-manual", position: { x: 0, y: 0 } },
    {
      id: "n2",
      key: "fetch_invoice",
      title: "Fetch invoice",
      kind: "http-request",
      config: {
        connection: "billing",
        responseSchema: { type: "object", required: ["total"], properties: { total: { type: "number" } } },
      },
      inputs: { url: { template: "https://billing.example.com/invoices/{{ input.invoiceId }}" } },
      verifiers: [{ name: "has_total", kind: "expr", config: { expr: "output.body.total >= 0" } }],
      position: { x: 240, y: 0 },
    },
    {
      id: "n3",
      key: "is_large",
      title: "Large?",
      kind: "branch",
      position: { x: 480, y: 0 },
      config: {
        cases: [{ port: "large", expr: "steps.fetch_invoice.output.body.total > vars.limit" }],
        otherwise: "small",
      },
    },
    {
      id: "n4",
      key: "ask_lead",
      title: "Ask the lead",
      kind: "approval",
      config: { timeoutMs: 86_400_000 },
      position: { x: 720, y: -80 },
      inputs: {
        title: { template: "Pay {{ steps.fetch_invoice.output.body.total }}?" },
        message: { literal: "Above the limit." },
      },
    },
    {
      id: "n5",
      key: "cleared",
      title: "Cleared",
      kind: "merge",
      config: { mode: "any" },
      position: { x: 960, y: 0 },
    },
    {
      id: "n6",
      key: "pay",
      title: "Pay",
      kind: "http-request",
      config: { method: "POST", connection: "billing" },
      position: { x: 1200, y: 0 },
      inputs: {
        url: { literal: "https://billing.example.com/payments" },
        body: { expr: '{"invoice": input.invoiceId, "amount": steps.fetch_invoice.output.body.total}' },
      },
    },
  ],
  edges: [
    { id: "e1", source: "n1", sourcePort: "input", target: "n2" },
    { id: "e2", source: "n2", sourcePort: "body", target: "n3", targetPort: "value" },
    { id: "e3", source: "n3", sourcePort: "large", target: "n4" },
    { id: "e4", source: "n3", sourcePort: "small", target: "n5" },
    { id: "e5", source: "n4", sourcePort: "approved", target: "n5" },
    { id: "e6", source: "n5", sourcePort: "items", target: "n6" },
  ],
});

describe("the invoice workflow", () => {
  const around: Surroundings = {
    ...nothing,
    connections: [{ slug: "billing", kind: "http", hosts: ["billing.example.com"] }],
  };
  const { plan, diagnostics } = compiled(invoice, around);

  test("compiles with one warning", () => {
    expect(diagnostics.map(({ code, nodeId }) => `${code} ${nodeId}`)).toEqual(["effect.no_verifier n6"]);
    expect(Plan.parse(plan)).toEqual(plan);
  });

  test("waits for and reads what it should", () => {
    expect(
      plan?.steps.map(({ key, dependsOn, reads, effect }) => ({ key, dependsOn, reads, effect })),
    ).toEqual([
      { key: "fetch_invoice", dependsOn: [], reads: ["input.invoiceId"], effect: "read" },
      {
        key: "is_large",
        dependsOn: [{ step: "fetch_invoice", on: "succeeded" }],
        reads: ["steps.fetch_invoice.output.body", "vars.limit"],
        effect: "pure",
      },
      {
        key: "ask_lead",
        dependsOn: [
          { step: "fetch_invoice", on: "succeeded" },
          { step: "is_large", on: "succeeded", port: "large" },
        ],
        reads: ["steps.fetch_invoice.output.body.total"],
        effect: "pure",
      },
      {
        key: "cleared",
        dependsOn: [
          { step: "ask_lead", on: "succeeded", port: "approved" },
          { step: "is_large", on: "succeeded", port: "small" },
        ],
        reads: ["steps.ask_lead.output.approved", "steps.is_large.output.small"],
        effect: "pure",
      },
      {
        key: "pay",
        dependsOn: [
          { step: "cleared", on: "succeeded" },
          { step: "fetch_invoice", on: "succeeded" },
        ],
        reads: ["input.invoiceId", "steps.fetch_invoice.output.body.total"],
        effect: "idempotent",
      },
    ]);
    expect(plan?.uses.connections).toEqual([{ slug: "billing", hosts: ["billing.example.com"] }]);
  });
});

test.each(registry.filter(({ role }) => role === "step" || role === "container").map(({ kind }) => kind))(
  "%s compiles from its sample",
  (kind) => {
    const node = registry.find((one) => one.kind === kind);
    const inputs = Object.fromEntries(
      Object.entries(node?.sample.inputs ?? {})
        .filter(([key]) => !key.includes("__"))
        .map(([key, literal]) => [key, { literal }]),
    );
    const doc = CanvasDoc.parse({
      schemaVersion: 1,
      nodes: [
        { id: "s", key: "start", kind: "trigger-manual", position: { x: 0, y: 0 } },
        { id: "n", key: "it", kind, config: node?.sample.config, inputs, position: { x: 0, y: 0 } },
      ],
      edges: [{ id: "e", source: "s", sourcePort: "input", target: "n" }],
    });
    const errors = compiled(doc).diagnostics.filter(({ severity }) => severity === "error");
    expect(
      errors.map(({ code }) => code).filter((code) => code !== "tool.missing" && code !== "workflow.missing"),
    ).toEqual([]);
  },
);

const examples = new URL("../../examples/", import.meta.url);
test.each(readdirSync(examples).filter((name) => name.endsWith(".workflow.json")))(
  "the example %s compiles",
  (name) => {
    const opened = openDocument(readFileSync(new URL(name, examples), "utf8"), registry);
    if ("diagnostics" in opened) throw new Error(JSON.stringify(opened.diagnostics));
    const tools = opened.doc.nodes.flatMap(
      ({ kind, config }) => registry.find((one) => one.kind === kind)?.toolsOf(config) ?? [],
    );
    const around: Surroundings = {
      ...nothing,
      tools: tools.map((ref) => ({
        ...ref,
        title: ref.name,
        description: "",
        inputSchema: {},
        annotations: {},
        effect: "read",
        effectFrom: "annotation",
        status: "active",
        seenAt: "2026-01-01T00:00:00Z",
      })),
    };
    const { plan, diagnostics } = compiled(opened.doc, around);
    // Without the server's real schemas the inputs of its tools are not known here.
    expect(
      diagnostics.filter(
        ({ severity, code }) =>
          severity === "error" && !(code.startsWith("port.") || code === "tool.breaking"),
      ),
    ).toEqual([]);
    if (tools.length === 0) expect(plan).not.toBeNull();
  },
);
