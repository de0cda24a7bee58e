// Whether a delivery was signed with the hook's secret, over the bytes as they came.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { equalSecrets } from "./secrets.ts";

export type Scheme = "standard" | "github" | "stripe" | "slack";

/** How old or how far ahead a signature's time may be, in seconds. */
export const toleranceS = 300;

const utf8 = new TextEncoder();

export interface SignedDelivery {
  headers: Headers;
  body: Uint8Array;
  secret: string;
  /** Seconds since the epoch. */
  now: number;
}

/**
 * Checks a signature; the comparison takes the same time however much of it is right.
 * @returns the delivery's id, null where the scheme has none, or undefined when the signature does not hold
 */
export function verifySignature(scheme: Scheme, delivery: SignedDelivery): string | null | undefined {
  if (scheme === "standard") return verifyStandard(delivery);
  if (scheme === "github") return verifyGithub(delivery);
  return scheme === "stripe" ? verifyStripe(delivery) : verifySlack(delivery);
}

/** Standard Webhooks: `webhook-id`, `webhook-timestamp`, and `webhook-signature` with one or more `v1,<base64>`. */
function verifyStandard({ headers, body, secret, now }: SignedDelivery): string | undefined {
  const id = headers.get("webhook-id");
  const time = headers.get("webhook-timestamp");
  const key = standardKey(secret);
  if (!id || !isRecent(time, now) || key === null) return undefined;
  const wanted = `v1,${toBase64(digest(key, `${id}.${time}.`, body))}`;
  const given = (headers.get("webhook-signature") ?? "").split(" ");
  return anyEqual(given, wanted) ? id : undefined;
}

/** `x-hub-signature-256`; it signs no time, so a delivery's id is what keeps it from being repeated. */
function verifyGithub({ headers, body, secret }: SignedDelivery): string | null | undefined {
  const wanted = `sha256=${bytesToHex(digest(utf8.encode(secret), "", body))}`;
  return anyEqual([headers.get("x-hub-signature-256") ?? ""], wanted)
    ? headers.get("x-github-delivery")
    : undefined;
}

/** `stripe-signature`: `t=<seconds>` and one or more `v1=<hex>`. */
function verifyStripe({ headers, body, secret, now }: SignedDelivery): null | undefined {
  const parts = (headers.get("stripe-signature") ?? "").split(",").map((part) => part.trim());
  const time = parts.find((part) => part.startsWith("t="))?.slice(2) ?? null;
  if (!isRecent(time, now)) return undefined;
  const wanted = `v1=${bytesToHex(digest(utf8.encode(secret), `${time}.`, body))}`;
  return anyEqual(parts, wanted) ? null : undefined;
}

/** `x-slack-signature` over `v0:<seconds>:<body>`. */
function verifySlack({ headers, body, secret, now }: SignedDelivery): null | undefined {
  const time = headers.get("x-slack-request-timestamp");
  if (!isRecent(time, now)) return undefined;
  const wanted = `v0=${bytesToHex(digest(utf8.encode(secret), `v0:${time}:`, body))}`;
  return anyEqual([headers.get("x-slack-signature") ?? ""], wanted) ? null : undefined;
}

function isRecent(time: string | null, now: number): time is string {
  return time !== null && /^\d{1,12}$/.test(time) && Math.abs(now - Number(time)) <= toleranceS;
}

/** `whsec_` and base64 of the key's bytes; a secret without the prefix is the key itself. */
function standardKey(secret: string): Uint8Array | null {
  if (!secret.startsWith("whsec_")) return utf8.encode(secret);
  try {
    return Uint8Array.from(atob(secret.slice("whsec_".length)), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

function digest(key: Uint8Array, before: string, body: Uint8Array): Uint8Array {
  return hmac.create(sha256, key).update(utf8.encode(before)).update(body).digest();
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Looks at all of them, at most ten, so that which one fits shows in nothing. */
function anyEqual(given: readonly string[], wanted: string): boolean {
  let found = false;
  for (const one of given.slice(0, 10)) found = equalSecrets(one, wanted) || found;
  return found;
}
