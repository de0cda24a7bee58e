import { type Claims, verifyToken } from "../jwt.ts";

/** On whose behalf a channel acts in the database. */
export interface Identity {
  readonly role: "anon" | "authenticated" | "service_role";
  readonly claims: Readonly<Record<string, unknown>>;
  /** Seconds since 1970; undefined for keys, which do not expire. */
  readonly expiresAt: number | undefined;
}

export interface Keys {
  readonly jwtSecret: string;
  readonly publishableKey: string;
  readonly secretKey: string;
}

const ANON: Identity = { role: "anon", claims: { role: "anon" }, expiresAt: undefined };
const SERVICE: Identity = { role: "service_role", claims: { role: "service_role" }, expiresAt: undefined };

/**
 * Reads what realtime-js sends as access token: a user's token, one of the API keys, or nothing.
 * @returns the identity, or why there is none, worded as Supabase Realtime words it
 */
export function identify(token: unknown, keys: Keys): Identity | { readonly refusal: string } {
  if (token === undefined || token === null || token === "" || token === keys.publishableKey) return ANON;
  if (token === keys.secretKey) return SERVICE;
  if (typeof token !== "string") return { refusal: "MalformedJWT: The token provided is not a valid JWT" };
  const verdict = verifyToken(token, keys.jwtSecret);
  if (verdict.ok) return signedIn(verdict.claims);
  return {
    refusal:
      verdict.reason === "expired"
        ? "InvalidJWTToken: Token has expired"
        : "MalformedJWT: The token provided is not a valid JWT",
  };
}

function signedIn(claims: Claims): Identity {
  return { role: "authenticated", claims, expiresAt: claims.exp };
}
