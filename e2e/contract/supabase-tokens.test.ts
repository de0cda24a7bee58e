import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

let stack: TestStack;
let userId: string;
let genuine: string;
beforeAll(async () => {
  stack = await startTestStack();
  const { client, id } = await stack.newUser();
  userId = id;
  genuine = (await client.auth.getSession()).data.session?.access_token ?? "";
});
afterAll(() => stack.stop());

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const seconds = () => Math.floor(Date.now() / 1000);

function forge(claims: object, header: object = { alg: "HS256", typ: "JWT" }, secret?: string): string {
  const now = seconds();
  const body = {
    sub: userId,
    role: "authenticated",
    aud: "authenticated",
    iat: now,
    exp: now + 600,
    ...claims,
  };
  const text = `${encode(header)}.${encode(body)}`;
  const key = secret ?? stack.secrets.RUNBOARD_JWT_SECRET;
  return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
}

const FORGERIES: readonly (readonly [string, () => string])[] = [
  ["no algorithm", () => `${encode({ alg: "none" })}.${genuine.split(".")[1]}.`],
  ["no algorithm, signed", () => forge({}, { alg: "none" })],
  ["another algorithm", () => forge({}, { alg: "HS512" })],
  ["an asymmetric algorithm", () => forge({}, { alg: "RS256" })],
  ["an unknown critical header", () => forge({}, { alg: "HS256", crit: ["x"] })],
  ["the publishable key as secret", () => forge({}, undefined, stack.publishableKey)],
  ["another secret", () => forge({}, undefined, "somebody else's secret")],
  ["an empty secret", () => forge({}, undefined, " ")],
  ["an expired token", () => forge({ exp: seconds() - 1 })],
  ["no expiry", () => forge({ exp: undefined })],
  ["an expiry that is text", () => forge({ exp: "never" })],
  ["a token from the future", () => forge({ iat: seconds() + 3600 })],
  ["a token not valid yet", () => forge({ nbf: seconds() + 3600 })],
  ["another audience", () => forge({ aud: "storage" })],
  ["a role it was not given", () => forge({ role: "service_role" })],
  ["the role of the database's superuser", () => forge({ role: "supabase_admin" })],
  ["a link of Storage named like a user", () => forge({ role: undefined, aud: undefined, bucket: "papers" })],
  ["no subject", () => forge({ sub: undefined })],
  ["a subject that is no user id", () => forge({ sub: "admin" })],
  ["a changed payload", () => `${genuine.split(".")[0]}.${encode({ sub: userId })}.${genuine.split(".")[2]}`],
  ["no signature", () => genuine.split(".").slice(0, 2).join(".")],
  ["four parts", () => `${genuine}.x`],
  ["rubbish", () => "rubbish"],
  ["a megabyte", () => `${genuine}${"A".repeat(10_000)}`],
];

async function statusOf(path: string, token: string): Promise<number> {
  const headers = { apikey: stack.publishableKey, authorization: `Bearer ${token}` };
  return (await fetch(`${stack.url}${path}`, { headers })).status;
}

test("a genuine token opens every service", async () => {
  expect(await statusOf("/rest/v1/notes", genuine)).toBe(200);
  expect(await statusOf("/auth/v1/user", genuine)).toBe(200);
  expect(await statusOf("/functions/v1/members", genuine)).toBe(200);
});

for (const [name, make] of FORGERIES) {
  test(`${name} opens nothing`, async () => {
    const token = make();
    expect(await statusOf("/rest/v1/notes", token)).toBe(401);
    expect(await statusOf("/functions/v1/members", token)).toBe(401);
    expect(await statusOf("/auth/v1/user", token)).toBeGreaterThanOrEqual(401);
    expect(await statusOf("/storage/v1/object/papers/x", token)).not.toBe(200);
    const client = stack.client();
    await client.realtime.setAuth(token);
    const status = await new Promise((resolve) => {
      client.channel("room:tea", { config: { private: true } }).subscribe(resolve);
    });
    expect(status).toBe("CHANNEL_ERROR");
  });
}
