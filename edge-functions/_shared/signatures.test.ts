import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { verifySignature, type Scheme } from "./signatures.ts";

const utf8 = new TextEncoder();
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const now = 1_780_000_000;
const body = utf8.encode('{"order":"a1","total":12.5}');

function sign(key: string | Uint8Array, text: string, encoding: "hex" | "base64"): string {
  return createHmac("sha256", key).update(text).update(body).digest(encoding);
}

const key = Buffer.from(secret.slice("whsec_".length), "base64");
const standard = {
  "webhook-id": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
  "webhook-timestamp": String(now),
  "webhook-signature": `v1,${sign(key, `msg_2KWPBgLlAfxdpx2AI54pPJ85f4W.${now}.`, "base64")}`,
};

const check = (
  headers: Record<string, string>,
  more: Partial<{ body: Uint8Array; secret: string; now: number; scheme: Scheme }> = {},
) =>
  verifySignature(more.scheme ?? "standard", { headers: new Headers(headers), body, secret, now, ...more });

describe("a Standard Webhooks signature", () => {
  test("names its delivery", () => {
    expect(check(standard)).toBe("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W");
  });
  test("holds beside others, as while a secret is replaced", () => {
    expect(
      check({ ...standard, "webhook-signature": `v1,AAAA v2,x ${standard["webhook-signature"]}` }),
    ).toBeDefined();
  });
  test.each([-300, 300])("holds %i seconds away", (seconds) => {
    expect(check(standard, { now: now + seconds })).toBeDefined();
  });
  test.each([-301, 301])("does not hold %i seconds away", (seconds) => {
    expect(check(standard, { now: now + seconds })).toBeUndefined();
  });
  test.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("does not hold without %s", (name) => {
    const { [name as keyof typeof standard]: _, ...rest } = standard;
    expect(check(rest)).toBeUndefined();
  });
  test("does not hold with another's secret, or one that is none", () => {
    expect(check(standard, { secret: "whsec_AAAA" })).toBeUndefined();
    expect(check(standard, { secret: "whsec_***" })).toBeUndefined();
  });
  test("takes a secret without the prefix as the key itself", () => {
    const plain = {
      ...standard,
      "webhook-signature": `v1,${sign("plain", `${standard["webhook-id"]}.${now}.`, "base64")}`,
    };
    expect(check(plain, { secret: "plain" })).toBeDefined();
  });
});

test.each([
  ["github", { "x-hub-signature-256": `sha256=${sign("s3", "", "hex")}`, "x-github-delivery": "d-1" }, "d-1"],
  ["stripe", { "stripe-signature": `t=${now},v1=${sign("s3", `${now}.`, "hex")},v0=x` }, null],
  [
    "slack",
    {
      "x-slack-request-timestamp": String(now),
      "x-slack-signature": `v0=${sign("s3", `v0:${now}:`, "hex")}`,
    },
    null,
  ],
] as const)("%s signs in its own way", (scheme, headers, id) => {
  expect(check(headers, { scheme, secret: "s3" })).toBe(id);
  expect(check(headers, { scheme, secret: "s4" })).toBeUndefined();
  expect(check(headers, { scheme, secret: "s3", body: utf8.encode("{}") })).toBeUndefined();
  if (scheme !== "github") expect(check(headers, { scheme, secret: "s3", now: now + 301 })).toBeUndefined();
});

/** Repeats for ever the same way. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

test("S-22 none of 10,000 mutations of a signed delivery is accepted", () => {
  const random = numbers(7);
  const next = (below: number) => Number(random.next().value) % below;
  let accepted = 0;
  for (let n = 0; n < 10_000; n++) {
    const headers: Record<string, string> = { ...standard };
    let bytes = body;
    const names = Object.keys(standard) as (keyof typeof standard)[];
    const place = next(4);
    const name = names[place];
    if (name === undefined) {
      bytes = Uint8Array.from(body);
      const at = next(bytes.length);
      if (n % 3 === 0) bytes = bytes.slice(0, at);
      else bytes[at] = (bytes[at]! + 1 + next(255)) % 256;
    } else {
      const text = standard[name];
      const from = name === "webhook-signature" ? 3 : 0;
      const at = from + next(text.length - from);
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
      const other = alphabet.replaceAll(text[at] ?? "", "");
      headers[name] =
        n % 5 === 0 ? text.slice(0, at) : text.slice(0, at) + other[next(other.length)] + text.slice(at + 1);
    }
    if (check(headers, { body: bytes }) !== undefined) accepted++;
  }
  expect(accepted).toBe(0);
});
