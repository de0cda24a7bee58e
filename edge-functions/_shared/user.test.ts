import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const secret = "a-secret-of-at-least-32-characters!!";
const key = new TextEncoder().encode(secret);
const sub = "33333333-3333-4333-8333-333333333333";
const good = { sub, role: "authenticated", aud: "authenticated" };

let requireUser: (request: Request) => Promise<{ id: string }>;

beforeAll(async () => {
  vi.stubEnv("RUNBOARD_JWT_SECRET", secret);
  ({ requireUser } = await import("./user.ts"));
});
afterAll(() => vi.unstubAllEnvs());

async function sign(
  claims: object = good,
  change: (jwt: SignJWT) => SignJWT = (jwt) => jwt,
  withKey: Uint8Array = key,
): Promise<string> {
  const jwt = new SignJWT({ ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuedAt()
    .setExpirationTime("1h");
  return await change(jwt).sign(withKey);
}

const ask = (authorization?: string) =>
  requireUser(new Request("http://test/", { headers: authorization === undefined ? {} : { authorization } }));

describe("the caller", () => {
  it("is the person a valid token names", async () => {
    expect((await ask(`Bearer ${await sign()}`)).id).toBe(sub);
  });

  it("is nobody with any of 20 other tokens", async () => {
    const token = await sign();
    const [head = "", body = "", signature = ""] = token.split(".");
    const { privateKey } = await generateKeyPair("ES256");
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const forged: (string | undefined)[] = [
      undefined,
      "",
      "Bearer",
      "Bearer ",
      `Basic ${token}`,
      token,
      "Bearer not-a-token",
      "Bearer a.b.c",
      `Bearer ${"x".repeat(1_000_000)}`,
      `Bearer ${new UnsecuredJWT({ ...good }).setExpirationTime("1h").encode()}`,
      `Bearer ${await sign(good, (jwt) => jwt, new TextEncoder().encode("another-secret-of-32-characters!!!!!"))}`,
      `Bearer ${await sign(good, (jwt) => jwt.setExpirationTime("-1h"))}`,
      `Bearer ${await sign(good, (jwt) => jwt.setNotBefore("1h"))}`,
      `Bearer ${await sign(good, (jwt) => jwt.setIssuedAt(Math.floor(Date.now() / 1_000) + 3_600))}`,
      `Bearer ${await sign({ ...good, aud: "other" })}`,
      `Bearer ${await sign({ ...good, role: "anon" })}`,
      `Bearer ${await sign({ ...good, role: "service_role" })}`,
      `Bearer ${await sign({ role: "authenticated", aud: "authenticated" })}`,
      `Bearer ${await sign({ ...good, sub: "admin" })}`,
      `Bearer ${await new SignJWT({ ...good }).setProtectedHeader({ alg: "ES256" }).setExpirationTime("1h").sign(privateKey)}`,
      `Bearer ${await new SignJWT({ ...good }).setProtectedHeader({ alg: "HS512" }).setExpirationTime("1h").sign(key)}`,
      `Bearer ${encode({ alg: "none" })}.${body}.`,
      `Bearer ${head}.${encode({ ...good, sub: "44444444-4444-4444-8444-444444444444", exp: 9_999_999_999 })}.${signature}`,
      `Bearer ${head}.${body}.${signature.replace(/^./, (first) => (first === "A" ? "B" : "A"))}`,
    ];
    const answers = await Promise.all(
      forged.map((one) =>
        ask(one).then(
          ({ id }) => id,
          (error: unknown) => (error as { status?: number }).status,
        ),
      ),
    );
    expect(answers).toEqual(forged.map(() => 401));
  });
});
