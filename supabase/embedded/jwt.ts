import { createHmac, timingSafeEqual } from "node:crypto";

/** What a verified access token says. Times are seconds since 1970. */
export interface Claims {
  readonly sub: string;
  readonly role: string;
  readonly exp: number;
  readonly [claim: string]: unknown;
}

export type Verdict =
  | { readonly ok: true; readonly claims: Claims }
  | {
      readonly ok: false;
      readonly reason: "malformed" | "signature" | "expired" | "not_yet_valid" | "claims";
    };

/** Tokens of ours are below 1 KB; anything much larger is an attack on the parser. */
const MAX_LENGTH = 8_192;
const CLOCK_SKEW_SECONDS = 30;
const SUBJECT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Checks an access token of this installation: HS256 and nothing else, not expired, not from the future, for signed-in
 * users.
 * @param now seconds since 1970
 */
export function verifyToken(token: string, secret: string, now: number = Date.now() / 1000): Verdict {
  const [header = "", payload = "", signature = "", ...rest] =
    token.length <= MAX_LENGTH ? token.split(".") : [];
  if (rest.length > 0 || signature === "") return { ok: false, reason: "malformed" };
  const head = decode(header);
  if (head?.["alg"] !== "HS256" || "crit" in head) return { ok: false, reason: "malformed" };
  const expected = createHmac("sha256", secret).update(`${header}.${payload}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return { ok: false, reason: "signature" };
  }
  const claims = decode(payload);
  if (!isClaims(claims)) return { ok: false, reason: "claims" };
  if (claims.exp <= now) return { ok: false, reason: "expired" };
  if (isFuture(claims["nbf"], now) || isFuture(claims["iat"], now)) {
    return { ok: false, reason: "not_yet_valid" };
  }
  return { ok: true, claims };
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isClaims(value: Record<string, unknown> | undefined): value is Record<string, unknown> & Claims {
  return (
    typeof value?.["sub"] === "string" &&
    SUBJECT.test(value["sub"]) &&
    value["role"] === "authenticated" &&
    value["aud"] === "authenticated" &&
    typeof value["exp"] === "number"
  );
}

function isFuture(time: unknown, now: number): boolean {
  return time !== undefined && (typeof time !== "number" || time > now + CLOCK_SKEW_SECONDS);
}
