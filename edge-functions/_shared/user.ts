// Who is calling: read from a verified access token, never from an unverified one.
import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from "jose";
import { z } from "zod";
import { env, needEnv } from "./env.ts";
import { HttpError } from "./responses.ts";

export interface User {
  id: string;
  /** The access token, for acting as this person under row-level security. */
  token: string;
}

const LONGEST = 8_192;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CLAIMS = { audience: "authenticated", requiredClaims: ["exp", "sub"], clockTolerance: 30 };

const AuthUser = z.object({ id: z.uuid(), role: z.string() });

let keys: ReturnType<typeof createRemoteJWKSet> | undefined;

/**
 * The signed-in person who sent the request.
 * @throws HttpError 401 for a missing, forged, expired or foreign token, and when the project's keys cannot be read
 */
export async function requireUser(request: Request): Promise<User> {
  const token = /^Bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined || token.length > LONGEST) throw refused("there is no access token");
  const claims = await verify(token).catch((error: unknown) => {
    throw refused(
      error instanceof errors.JWTExpired ? "the session has expired" : "the access token is not valid",
    );
  });
  if (claims["role"] !== "authenticated" || claims.sub === undefined || !UUID.test(claims.sub)) {
    throw refused("the access token is not a person's");
  }
  if (typeof claims.iat === "number" && claims.iat > Date.now() / 1_000 + 30)
    throw refused("the access token is from the future");
  return { id: claims.sub, token };
}

/** With the installation's own secret, else with the project's published keys, else by asking its Auth service. */
async function verify(token: string): Promise<JWTPayload> {
  const secret = env().RUNBOARD_JWT_SECRET;
  if (secret !== undefined) {
    const key = new TextEncoder().encode(secret);
    return (await jwtVerify(token, key, { ...CLAIMS, algorithms: ["HS256"] })).payload;
  }
  const address = `${needEnv("SUPABASE_URL")}/auth/v1`;
  if (decodeProtectedHeader(token).alg === "HS256") return await askAuth(address, token);
  keys ??= createRemoteJWKSet(new URL(`${address}/.well-known/jwks.json`), {
    cacheMaxAge: 600_000,
    timeoutDuration: 5_000,
  });
  return (
    await jwtVerify(token, keys, { ...CLAIMS, issuer: address, algorithms: ["ES256", "RS256", "EdDSA"] })
  ).payload;
}

async function askAuth(address: string, token: string): Promise<JWTPayload> {
  const apikey = needEnv("SUPABASE_ANON_KEY", "RUNBOARD_PUBLISHABLE_KEY");
  const response = await fetch(`${address}/user`, {
    headers: { authorization: `Bearer ${token}`, apikey },
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`Auth answered ${response.status}`);
  const { id, role } = AuthUser.parse(await response.json());
  return { sub: id, role };
}

function refused(why: string): HttpError {
  return new HttpError(401, "not_signed_in", `This needs a signed-in person: ${why}.`, "Sign in again.");
}
