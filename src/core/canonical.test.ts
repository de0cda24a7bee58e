import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalBytes } from "./canonical-bytes.ts";
import { canonicalJson } from "./canonical.ts";

test("keys are sorted by code unit, absent fields left out, numbers shortest", () => {
  expect(
    canonicalJson({ b: 1, a: [1.5e300, -0, 1e21, "é\u0001"], c: undefined, "10": null, "9": true }),
  ).toBe('{"10":null,"9":true,"a":[1.5e+300,0,1e+21,"é\\u0001"],"b":1}');
});

test("numbers JSON cannot hold are refused", () => {
  expect(() => canonicalJson([Number.NaN])).toThrow(RangeError);
});

test("the same value gives the same text whatever the order of its keys, and the text parses back", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value as never);
      const turned = JSON.parse(JSON.stringify(value), (_, v) =>
        v && typeof v === "object" && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).reverse()) : v,
      );
      expect(canonicalJson(turned)).toBe(text);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});

test(
  "the bytes are the UTF-8 of the text, for every value and one after the other",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        expect(Buffer.from(canonicalBytes(value as never)).toString("utf8")).toBe(
          canonicalJson(value as never),
        );
      }),
    );
    const text = 'ß\u2028 \u{1f600} \ud800 " \\ \u0000\u007f';
    for (const value of [{ b: text, a: [text.repeat(900), -0, 1e21], c: undefined, "10": null, "9": {} }, []])
      expect(Buffer.from(canonicalBytes(value)).toString("utf8")).toBe(canonicalJson(value));
    expect(() => canonicalBytes([Number.NaN])).toThrow(RangeError);
  },
);
