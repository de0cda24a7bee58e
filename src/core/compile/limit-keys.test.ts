import { describe, expect, it } from "vitest";
import { CanvasDoc } from "../canvas.ts";
import type { Diagnostic } from "../diagnostic.ts";
import { checkLimitKeys, emitSettings, partsOf } from "./limit-keys.ts";

const input = {
  type: "object",
  properties: {
    customer: { type: "string" },
    order: { type: "object", properties: { n: { type: "integer" } } },
  },
};

function problemsOf(key: string): Diagnostic[] {
  const doc = CanvasDoc.parse({
    schemaVersion: 1,
    nodes: [],
    edges: [],
    input,
    variables: { region: "eu" },
    settings: { concurrency: { key, limit: 1 } },
  });
  const diagnostics: Diagnostic[] = [];
  checkLimitKeys({
    doc,
    diagnostics,
    unreached: new Set(),
    around: { connections: [], tools: [], workflows: [] },
    kinds: new Map(),
    placed: [],
    byId: new Map(),
    byKey: new Map(),
    disabled: new Map(),
    outputs: new Map(),
  });
  return diagnostics;
}

describe("a key", () => {
  it("is taken apart into literals and paths of the input, variables filled in", () => {
    expect(
      partsOf('input.customer + ":" + vars.region + string(input.order["n"])', { region: "eu" }),
    ).toEqual([{ path: ["customer"] }, { literal: ":" }, { literal: "eu" }, { path: ["order", "n"] }]);
  });

  it.each(['"all"', "input.customer", "vars.region + input.customer", "string(input.order.n)"])(
    "may be %s",
    (key) => {
      expect(problemsOf(key)).toEqual([]);
    },
  );

  it("may not be computed, for the database could not put it together", () => {
    expect(problemsOf('input.customer.contains("x") ? "a" : "b"')).toMatchObject([
      { code: "limit.key", severity: "error", path: "settings.concurrency.key" },
    ]);
  });

  it("has to be text", () => {
    expect(problemsOf("input.order.n")).toMatchObject([{ code: "expr.type" }]);
  });

  it("names fields the input has", () => {
    expect(problemsOf("input.custmer")).toMatchObject([
      { code: "ref.unknown", path: "settings.concurrency.key" },
    ]);
  });
});

it("keeps settings without keys as they are", () => {
  const doc = CanvasDoc.parse({ schemaVersion: 1, nodes: [], edges: [] });
  expect(emitSettings(doc)).toEqual(doc.settings);
});
