import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFreePort } from "../../supabase/embedded/free-port.ts";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
  // Health is whole once the functions have started.
  await stack.client().functions.invoke("hello", { body: { name: "x" } });
});
afterAll(() => stack.stop());

/** fetch sets Host and Origin itself, so these go out by hand. */
function send(path: string, headers: Record<string, string>, method = "GET") {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const outgoing = request(`${stack.url}${path}`, { method, headers }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers });
    });
    outgoing.on("error", reject);
    outgoing.on("upgrade", (_answer, socket) => {
      socket.destroy();
      resolve({ status: 101, headers: {} });
    });
    outgoing.end();
  });
}

function upgrade(headers: Record<string, string>) {
  return send(`/realtime/v1/websocket?apikey=${stack.publishableKey}&vsn=2.0.0`, {
    connection: "upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  });
}

test("a request for another host name is refused", async () => {
  expect((await send("/health", { host: "evil.example" })).status).toBe(421);
  expect((await send("/rest/v1/notes", { host: "evil.example" })).status).toBe(421);
});

const HOSTILE = [
  "http://evil.example",
  "https://127.0.0.1",
  "null",
  "http://localhost:1",
  "file://",
  "http://127.0.0.1.evil.example",
];

for (const origin of HOSTILE) {
  test(`a page of ${origin} may neither call nor connect`, async () => {
    const called = await send("/rest/v1/notes", { origin });
    const asked = await send("/rest/v1/notes", { origin, "access-control-request-method": "GET" }, "OPTIONS");
    for (const { status, headers } of [called, asked]) {
      expect(status).toBe(403);
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
    }
    expect((await upgrade({ origin })).status).toBe(403);
  });
}

test("our own page may connect, with the key only", async () => {
  expect((await upgrade({ origin: stack.url })).status).toBe(101);
  const path = "/realtime/v1/websocket?apikey=wrong&vsn=2.0.0";
  const answer = await send(path, {
    connection: "upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  });
  expect(answer.status).toBe(401);
});

test("no answer allows other origins or sets cookies", async () => {
  await stack.newUser();
  for (const path of ["/health", "/auth/v1/settings", "/rest/v1/notes", "/config.json"]) {
    const { headers } = await send(path, { apikey: stack.publishableKey });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(headers["set-cookie"]).toBeUndefined();
    expect(headers["x-content-type-options"]).toBe("nosniff");
  }
});

test("what answers without a session is a short list", async () => {
  const paths = [
    "/health",
    "/metrics",
    "/config.json",
    "/auth/v1/health",
    "/auth/v1/settings",
    "/auth/v1/user",
    "/auth/v1/admin/users",
    "/rest/v1/",
    "/rest/v1/notes",
    "/storage/v1/bucket",
    "/storage/v1/object/papers/x",
    "/functions/v1/members",
    "/realtime/v1/api/broadcast",
    "/_system/info",
    "/_studio",
    "/nothing",
  ];
  const open = [];
  for (const path of paths) {
    const { status } = await send(path, { apikey: stack.publishableKey });
    if (status < 400) open.push(path);
  }
  expect(open).toEqual([
    "/health",
    "/metrics",
    "/config.json",
    "/auth/v1/health",
    "/auth/v1/settings",
    "/storage/v1/bucket",
  ]);
});

/** Sends bytes no client library would, and cuts the connection at once when asked to. */
function sendRaw([first, ...headers]: readonly string[], cut = false, body = ""): Promise<string> {
  const { hostname, port, host } = new URL(stack.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("close", () => resolve(answer.split("\r\n")[0] ?? ""));
    socket.on("error", () => {});
    const head = [first, `Host: ${host}`, ...headers, "", body].join("\r\n");
    socket.write(head, () => cut && socket.resetAndDestroy());
  });
}

const UPGRADE = ["Connection: upgrade", "Upgrade: websocket"];

test("E-4 a request target that is no path is refused and nothing else", async () => {
  for (const target of ["http://evil.example/health", "*", "http://["]) {
    expect(await sendRaw([`GET ${target} HTTP/1.1`, "Connection: close"])).toContain("400");
  }
  expect(await sendRaw(["TRACE /rest/v1/notes HTTP/1.1", "Connection: close"])).toContain("405");
  for (const target of ["//", "http://[", "*"]) await sendRaw([`GET ${target} HTTP/1.1`, ...UPGRADE]);
  expect((await send("/health", {})).status).toBe(200);
});

test("E-4 a refused upgrade whose sender is gone harms nobody", async () => {
  const attempts = Array.from({ length: 20 }, () =>
    sendRaw(["GET /realtime/v1/websocket HTTP/1.1", "Origin: http://evil.example", ...UPGRADE], true),
  );
  await Promise.all(attempts);
  expect((await send("/health", {})).status).toBe(200);
});

test("a function is chosen by the address it is then called with", async () => {
  const path = "/aaaaaaaaaaaa/members/../../functions/v1/hello";
  const headers = ["Content-Length: 2", "Connection: close"];
  expect(await sendRaw([`POST ${path} HTTP/1.1`, ...headers], false, "{}")).toContain("200");
});

test("S-20 behind a public address the figures need the secret key", async () => {
  const port = await findFreePort();
  const far = await startTestStack({ port, publicUrl: "https://runboard.example.org" });
  try {
    const address = `http://127.0.0.1:${port}/metrics`;
    expect((await fetch(address)).status).toBe(401);
    const headers = { authorization: `Bearer ${far.secrets.RUNBOARD_SECRET_KEY}` };
    expect((await fetch(address, { headers })).status).toBe(200);
  } finally {
    await far.stop();
  }
});

test("health names the parts", async () => {
  await stack.client().functions.invoke("hello", { body: { name: "x" } });
  const health = await (await fetch(`${stack.url}/health`)).json();
  expect(health).toEqual({ ok: true, parts: { realtime: true, functions_api: true } });
});
