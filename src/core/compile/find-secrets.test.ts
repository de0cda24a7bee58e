import { describe, expect, test } from "vitest";
import { work } from "./diagnosed.ts";
import { compiled, findings } from "./test-kinds.ts";

describe("credentials", () => {
  const secrets: [string, unknown][] = [
    ["a key", { text: { literal: `sk-${"a1B2".repeat(8)}` } }],
    ["a token in a template", { text: { template: `Bearer ${"abc123".repeat(6)}` } }],
    ["a header", { value: { literal: { Authorization: "something long" } } }],
    ["a URL with a password", { text: { literal: "https://ada:secret1@example.com" } }],
    ["a private key", { text: { literal: "-----BEGIN RSA PRIVATE KEY-----" } }],
  ];
  test.each(secrets)("as %s are refused", (_, inputs) => {
    expect(findings(compiled({ a: { ...work, inputs } }, ["start > a"]))).toContain("error secret.literal a");
  });
  test("filled in at run time are not", () => {
    expect(
      findings(
        compiled({
          a: {
            ...work,
            inputs: {
              value: { literal: { authorization: "{{ input.token }}" } },
              text: { template: "Bearer {{ input.token }}" },
            },
          },
        }),
      ),
    ).toEqual([]);
  });
});
