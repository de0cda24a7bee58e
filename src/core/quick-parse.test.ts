import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CanvasEdge, CanvasNode } from "./canvas.ts";
import { testKinds } from "./compile/test-kinds.ts";
import { quickParser } from "./quick-parse.ts";

const Shape = z.strictObject({
  id: z.string().min(1).max(3),
  size: z.int().min(1).default(1),
  when: z.string().optional(),
  kind: z.enum(["a", "b"]).nullable().optional(),
  list: z.array(z.strictObject({ n: z.number(), mark: z.boolean().default(false) })).default([]),
  names: z.record(z.string().regex(/^[a-z]+$/), z.any()).default({}),
  way: z.union([z.strictObject({ ref: z.string() }), z.strictObject({ value: z.any() })]).optional(),
  rest: z.strictObject({ x: z.literal(1).default(1) }).prefault({}),
});
const quick = quickParser(Shape);

test("what a schema leaves as it is comes back as the same object", () => {
  const value = { id: "a", size: 2, list: [{ n: 1, mark: true }], names: { x: [1] }, rest: { x: 1 } };
  expect(quick(value)).toBe(value);
});

test("defaults are filled in without touching what was given", () => {
  const value = { id: "a", list: [{ n: 1 }], way: { value: null } };
  expect(quick(value)).toStrictEqual({
    id: "a",
    size: 1,
    list: [{ n: 1, mark: false }],
    names: {},
    way: { value: null },
    rest: { x: 1 },
  });
  expect(value).toStrictEqual({ id: "a", list: [{ n: 1 }], way: { value: null } });
});

test.each([
  ["a text that is too long", { id: "long" }],
  ["an absent field that is needed", { size: 1 }],
  ["a field nobody knows", { id: "a", more: 1 }],
  ["a fraction", { id: "a", size: 1.5 }],
  ["no alternative", { id: "a", way: { ref: 1 } }],
  ["a name that does not fit", { id: "a", names: { X: 1 } }],
  ["a list where an object belongs", []],
  ["an instance of a class", new Date()],
])("%s is refused", (_, value) => {
  expect(quick(value)).toBeUndefined();
});

test("what it does not take apart, it leaves to zod", () => {
  expect(quickParser(z.object({ at: z.string().trim() }))({ at: " x" })).toEqual({ at: "x" });
  expect(quickParser(z.object({ at: z.string().transform(Number) }))({ at: "7" })).toEqual({ at: 7 });
  expect(quickParser(z.object({ at: z.coerce.number() }))({ at: "7" })).toEqual({ at: 7 });
  expect(quickParser(z.object({ a: z.string() }))({ a: "x", more: 1 })).toEqual({ a: "x" });
  expect(quick(JSON.parse('{"id":"a","names":{"__proto__":1}}'))).toMatchObject({ names: {} });
  expect(quickParser(z.looseObject({ a: z.string().default("x") }))({ more: 1 })).toEqual({
    a: "x",
    more: 1,
  });
});

/** Values near what a schema takes: its own sample with places overwritten by others'. */
function nearly(sample: unknown): fc.Arbitrary<unknown> {
  const strange = fc.constantFrom<unknown>(null, undefined, -1, 1.5, "", "in", "A b", [], {}, true, {
    ref: "a",
  });
  const value = fc.oneof({ weight: 1, arbitrary: strange }, { weight: 1, arbitrary: fc.jsonValue() });
  return fc.array(fc.tuple(fc.nat(), value), { maxLength: 3 }).map((changes) => {
    const copy: unknown = structuredClone(sample);
    const places: [Record<string, unknown>, string][] = [];
    const collect = (at: unknown) => {
      if (typeof at !== "object" || at === null) return;
      for (const [key, field] of Object.entries(at)) {
        places.push([at as Record<string, unknown>, key]);
        collect(field);
      }
    };
    collect(copy);
    for (const [n, change] of changes) {
      const place = places[n % Math.max(places.length, 1)];
      if (place && change === undefined) delete place[0][place[1]];
      else if (place) place[0][place[1]] = change;
    }
    return copy;
  });
}

const node = {
  id: "n",
  key: "call",
  kind: "http-request",
  kindVersion: 1,
  title: "Call",
  config: { a: [1, { b: "x" }] },
  inputs: { url: { template: "{{ input.id }}" }, body: { literal: { a: 1 } }, id: { ref: "input.id" } },
  retry: { maxAttempts: 2, on: ["timeout"] },
  verifiers: [{ name: "shape", kind: "json_schema", config: {}, required: true, timeoutMs: 1 }],
  onFailure: "catch",
  fallback: { expr: "1" },
  position: { x: 0, y: 1.5 },
  disabled: false,
  pin: { output: { x: 1 } },
};
const edge = { id: "e", source: "a", sourcePort: "x", target: "b", targetPort: "y" };

describe("says what zod says", () => {
  test.each<[string, z.ZodType, unknown]>([
    ["nodes", CanvasNode, node],
    ["edges", CanvasEdge, edge],
    [
      "a bit of everything",
      Shape,
      { id: "a", size: 2, list: [{ n: 1 }], names: { x: 1 }, way: { ref: "x" } },
    ],
    ...testKinds.map((kind): [string, z.ZodType, unknown] => [kind.kind, kind.config, kind.sample.config]),
  ])("%s", (_, schema, sample) => {
    const read = quickParser(schema);
    fc.assert(
      fc.property(nearly(sample), (value) => {
        expect(read(value)).toStrictEqual(schema.safeParse(value).data);
      }),
    );
  });

  test("and what is saved is not even copied", () => {
    const { retry: _, ...plain } = node;
    expect(quickParser(CanvasNode)(plain)).toBe(plain);
    expect(quickParser(CanvasEdge)(edge)).toBe(edge);
  });
});
