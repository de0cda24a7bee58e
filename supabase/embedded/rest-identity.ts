import type { ApiKeyResolver } from "@supabase/lite";
import { type Claims, verifyToken } from "./jwt.ts";

export interface Keys {
  readonly jwtSecret: string;
  readonly publishableKey: string;
  readonly secretKey: string;
}

export interface RestIdentity {
  /** True when the bearer token is neither one of the keys nor an access token of ours; expired ones are not foreign. */
  isForeign(request: Request): boolean;
  /** What lite asks who a key stands for. */
  readonly resolver: ApiKeyResolver;
}

/**
 * Says who sends a request. lite would verify the token of a REST request three times and look up its account and session, only to go
 * by the token in the end. Here it is verified once, and lite is told what it says, through the resolver it has for that.
 * Storage signs its links with the same secret and lets the caller choose their subject (the object's name), and lite asks a token
 * for a signature and a subject only: without this check a link to an object named like a user's id would be that user's session.
 */
export function createRestIdentity({ jwtSecret, publishableKey, secretKey }: Keys): RestIdentity {
  const known = new WeakMap<Request, Claims>();
  return {
    isForeign(request) {
      const bearer = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
      if (bearer === undefined || bearer === publishableKey || bearer === secretKey) return false;
      const verdict = verifyToken(bearer, jwtSecret);
      // lite words the refusal of an expired token as each service does.
      if (!verdict.ok) return verdict.reason !== "expired";
      if (isRest(request) && isValidAlready(verdict.claims)) {
        known.set(request, verdict.claims);
        // lite goes by what the resolver says only where no token is given.
        request.headers.delete("authorization");
      }
      return false;
    },
    async resolver(key, context) {
      const claims = known.get(context.req.raw);
      if (key === publishableKey) return { type: "publishable", claims: { ...(claims ?? { role: "anon" }) } };
      if (key === secretKey) return { type: "secret", claims: { ...(claims ?? { role: "service_role" }) } };
      return null;
    },
  };
}

function isRest(request: Request): boolean {
  return new URL(request.url).pathname.startsWith("/rest/v1/");
}

/** lite allows no clock to be ahead, so what it would refuse is left to it. */
function isValidAlready({ iat, nbf }: Claims): boolean {
  const now = Math.floor(Date.now() / 1000);
  return [iat, nbf].every((time) => time === undefined || (typeof time === "number" && time <= now));
}
