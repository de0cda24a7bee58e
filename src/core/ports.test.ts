import { describe, expect, test } from "vitest";
import type { Schema } from "./json.ts";
import { describeSchema, fits, whyNot } from "./ports.ts";

const text: Schema = { type: "string" };
const object = (properties: Record<string, Schema>, required: string[] = [], rest: Schema = {}): Schema => ({
  type: "object",
  properties,
  required,
  ...rest,
});

describe("a port fits another", () => {
  test.each<[string, Schema, Schema, string]>([
    ["anything takes anything", {}, {}, "yes"],
    ["anything takes text", text, {}, "yes"],
    ["text takes anything", {}, text, "maybe"],
    ["text takes text", text, { type: "string", format: "uri", minLength: 1 }, "yes"],
    ["a number does not fit text", { type: "number" }, text, "no"],
    ["a whole number fits a number", { type: "integer" }, { type: "number" }, "yes"],
    ["a number may fit a whole number", { type: "number" }, { type: "integer" }, "maybe"],
    ["text or null may fit text", { type: ["string", "null"] }, text, "maybe"],
    ["text fits text or null", text, { anyOf: [text, { type: "null" }] }, "yes"],
    ["number or boolean never fits text", { type: ["number", "boolean"] }, text, "no"],
    ["an enum inside an enum", { enum: ["a"] }, { enum: ["a", "b"] }, "yes"],
    ["an enum partly inside", { enum: ["a", "c"] }, { enum: ["a", "b"] }, "maybe"],
    ["an enum outside", { enum: ["c"] }, { enum: ["a", "b"] }, "no"],
    ["a constant fits text", { const: "a" }, text, "yes"],
    ["a constant 1 fits a whole number", { const: 1 }, { type: "integer" }, "yes"],
    ["text may fit an enum", text, { enum: ["a"] }, "maybe"],
    [
      "a list of whole numbers fits a list of numbers",
      { type: "array", items: { type: "integer" } },
      { type: "array", items: { type: "number" } },
      "yes",
    ],
    [
      "a list of texts does not fit a list of numbers",
      { type: "array", items: text },
      { type: "array", items: { type: "number" } },
      "no",
    ],
    ["a list of anything may fit", { type: "array" }, { type: "array", items: text }, "maybe"],
    ["a missing field", object({ a: text }), object({ b: text }, ["b"]), "no"],
    ["an optional field that is needed", object({ a: text }), object({ a: text }, ["a"]), "maybe"],
    ["a field of another type", object({ a: text }, ["a"]), object({ a: { type: "number" } }, ["a"]), "no"],
    [
      "a field nobody accepts",
      object({ a: text, b: text }),
      object({ a: text }, [], { additionalProperties: false }),
      "no",
    ],
    [
      "a record of texts takes texts",
      object({ a: text }),
      { type: "object", additionalProperties: text },
      "yes",
    ],
    ["an open object may have it", { type: "object" }, object({ a: text }, ["a"]), "maybe"],
    [
      "a nested mismatch",
      object({ a: object({ b: text }, ["b"]) }, ["a"]),
      object({ a: object({ b: { type: "null" } }) }),
      "no",
    ],
    ["a reference is anything", { $ref: "#/$defs/x" }, text, "maybe"],
  ])("%s", (_, source, target, fit) => {
    expect(fits(source, target)).toBe(fit);
    expect(whyNot(source, target) === "").toBe(fit === "yes");
  });

  test("the reason is a sentence part in plain words", () => {
    expect(whyNot({ type: "number" }, text)).toBe("a number does not fit text");
    expect(whyNot(object({ a: text }), object({ b: text }, ["b"]))).toBe('the field "b" is missing');
    expect(whyNot({ enum: ["c"] }, { enum: ["a", "b"] })).toBe('"c" is not one of "a", "b"');
    expect(whyNot({ type: "array", items: text }, { type: "array", items: { type: "number" } })).toBe(
      "in the list's items text does not fit a number",
    );
  });
});

test("schemas are described in plain words", () => {
  expect(describeSchema({})).toBe("anything");
  expect(describeSchema({ type: "array", items: { type: "integer" } })).toBe("a list of numbers");
  expect(describeSchema({ anyOf: [text, { type: "null" }] })).toBe("text or null");
  expect(describeSchema(object({ id: text, total: text }))).toBe("an object with id, total");
  expect(describeSchema({ enum: ["a", "b"] })).toBe('"a" or "b"');
});
