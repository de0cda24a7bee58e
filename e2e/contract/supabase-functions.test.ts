import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());

test("a function is invoked with a body and answers JSON", async () => {
  const { data, error } = await stack.client().functions.invoke("hello", { body: { name: "Ada" } });
  expect(error).toBeNull();
  expect(data).toEqual({ greeting: "Hello Ada", pathname: "/hello", hasUrl: true });
});

test("a function that checks tokens is closed to callers without a session", async () => {
  const { error } = await stack.client().functions.invoke("members");
  expect(error?.context.status).toBe(401);
});

test("a function acts as its caller", async () => {
  const { client } = await stack.newUser();
  await client.from("notes").insert({ title: "mine" });
  const { data } = await client.functions.invoke("members");
  expect(data).toEqual({ data: [{ title: "mine" }], error: null });
});

test("an unknown function is not found", async () => {
  const { error } = await stack.client().functions.invoke("nobody");
  expect(error?.context.status).toBe(404);
});

test("a function may not write, spawn, read outside the repository or load native code", async () => {
  const response = await fetch(`${stack.url}/functions/v1/hello/forbidden`);
  expect(await response.json()).toEqual(["write", "run", "read", "load"]);
});

test("a function sees its own settings and nothing of the host's environment", async () => {
  const response = await fetch(`${stack.url}/functions/v1/hello/environment`);
  expect(await response.json()).toEqual([
    "DENO_DIR",
    "DENO_NODE_SHIM_ACTIVE",
    "DENO_NO_UPDATE_CHECK",
    "NO_COLOR",
    "PATH",
    "PWD",
    "RUNBOARD_ALLOW_PRIVATE",
    "RUNBOARD_DATABASE_CORES",
    "RUNBOARD_GUARD_SIGNAL",
    "RUNBOARD_VAULT_KEY",
    "RUNBOARD_WORKER_CONCURRENCY",
    "RUNBOARD_WORKER_LISTENS",
    "RUNBOARD_WORKER_SECRET",
    "SUPABASE_ANON_KEY",
    "SUPABASE_DB_URL",
    "SUPABASE_SERVICE_ROLE_KEY",
    "SUPABASE_URL",
  ]);
});

test("a page from a function arrives as text", async () => {
  const response = await fetch(`${stack.url}/functions/v1/hello/page`);
  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
});

test("a body over 20 MB is refused with a reason", async () => {
  const response = await fetch(`${stack.url}/functions/v1/hello`, {
    method: "POST",
    body: new Uint8Array(21 * 1024 * 1024),
  });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ code: "body_too_large" });
});

test("a process that is replaced serves again", async () => {
  await stack.functions.restart();
  const { data } = await stack.client().functions.invoke("hello", { body: { name: "Bob" } });
  expect(data).toMatchObject({ greeting: "Hello Bob" });
});
