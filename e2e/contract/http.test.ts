import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpRequest } from "../../src/core/capabilities.ts";
import { StepError } from "../../src/core/failure.ts";
import { nodeOf } from "../../src/nodes/registry.gen.ts";
import { callHttp } from "../../edge-functions/_shared/capabilities/http.ts";
import { retryAfterMs } from "../../edge-functions/_shared/capabilities/retry-after.ts";
import { startHttpServer, type HttpServer } from "../servers/http-server.ts";
import { failureOf, openOutside, type OutsideOptions, type TestOutside } from "../servers/outside.ts";

let server: HttpServer;
const open: TestOutside[] = [];

beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(async () => {
  for (const outside of open) await outside.egress.close();
  await server.close();
});

function outsideOf(options: OutsideOptions = {}): TestOutside {
  const outside = openOutside(options);
  open.push(outside);
  return outside;
}

async function call(path: string, request: Partial<HttpRequest> = {}, outside = outsideOf()) {
  return await callHttp({ method: "GET", url: server.url + path, redirects: 5, ...request }, 1, outside);
}

describe("an HTTP request", () => {
  it("sends its query and headers, and reads JSON", async () => {
    const answer = await call("/echo?a=1", {
      query: { b: "x y", c: 2, none: null },
      headers: { "X-Test": "yes" },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { method: "GET", query: { a: "1", b: "x y", c: "2" }, headers: { "x-test": "yes" } },
    });
  });

  it("sends JSON, forms and text", async () => {
    const bodies = [];
    for (const [bodyType, body] of [
      ["json", { a: 1 }],
      ["form", { a: 1, b: ["x", "y"] }],
      ["text", "plain"],
    ] as const) {
      const { body: echoed } = await call("/echo", { method: "POST", bodyType, body: body as never });
      const { body: text, headers } = echoed as { body: string; headers: Record<string, string> };
      bodies.push([headers["content-type"], text]);
    }
    expect(bodies).toEqual([
      ["application/json", '{"a":1}'],
      ["application/x-www-form-urlencoded", "a=1&b=x&b=y"],
      ["text/plain; charset=utf-8", "plain"],
    ]);
  });

  it("names a change with the same idempotency key on every attempt, and a read with none", async () => {
    await call("/echo", { method: "POST", body: 1 });
    await call("/echo", { method: "POST", body: 1 });
    await call("/echo");
    const keys = server.asked.slice(-3).map(({ headers }) => headers["idempotency-key"]);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(keys).toEqual([keys[0], keys[0], undefined]);
  });

  it("asks whether it may start, and notes the call", async () => {
    const outside = outsideOf();
    await call("/status/404", { method: "DELETE" }, outside);
    expect(outside.started).toEqual([true]);
    expect(outside.log.calls).toMatchObject([
      { n: 1, kind: "http", host: `127.0.0.1:${server.port}`, status: 404 },
    ]);
  });

  it("reads bodies by their type", async () => {
    const read = async (mime: string, body: string) => (await call("/type", { query: { mime, body } })).body;
    expect(await read("application/json", "[1]")).toEqual([1]);
    expect(await read("application/problem+json; charset=utf-8", '{"a":1}')).toEqual({ a: 1 });
    expect(await read("application/json", "")).toBeNull();
    expect(await read("text/html", "<p>hi</p>")).toBe("<p>hi</p>");
    expect(await read("image/png", "abc")).toBe("data:image/png;base64,YWJj");
  });

  it("refuses an answer that says JSON and is not", async () => {
    expect(await failureOf(call("/type?mime=application/json&body=oops"))).toBe("validation/output_invalid");
  });

  it("ends at its size limit and at its time limit", async () => {
    expect(await failureOf(call("/big?bytes=300000", { maxBytes: 100_000 }))).toBe(
      "permanent/response_too_large",
    );
    for (const path of ["/slow", "/half-headers", "/headers-only", "/drip?every=5"]) {
      const limit = new AbortController();
      setTimeout(() => limit.abort(new StepError("timeout", "timeout", "too slow")), 60);
      expect([path, await failureOf(call(path, {}, outsideOf({ signal: limit.signal })))]).toEqual([
        path,
        "timeout/timeout",
      ]);
    }
  });

  it("unpacks what it did not ask to be packed, and is not filled by a bomb", async () => {
    expect((await call("/gzip?bytes=1000")).body).toBe("x".repeat(1_000));
    expect(await failureOf(call("/gzip?bytes=50000000", { maxBytes: 1_000_000 }))).toBe(
      "permanent/response_too_large",
    );
  });

  it("gives up on headers that never end, and reads no further than the length that was said", async () => {
    expect(await failureOf(call("/endless-headers"))).toBe("permanent/http_invalid");
    expect((await call("/short")).body).toBe("he");
  });

  it("calls a broken-off answer transient", async () => {
    for (const path of ["/cut", "/reset"])
      expect([path, await failureOf(call(path))]).toEqual([path, "transient/network"]);
  });
});

describe("a connection", () => {
  const connections = (hosts: string[]): OutsideOptions["connections"] => ({
    api: { kind: "http", hosts, secret: "k3y-value" },
    basic: { kind: "http", hosts, config: { username: "me" }, secret: "pass1" },
    custom: { kind: "http", hosts, config: { headerName: "X-Api-Key" }, secret: "k3y-value" },
  });

  it("shows its credential to its own hosts in the way it was set up", async () => {
    const own = { connections: connections([`127.0.0.1:${server.port}`]) };
    const sent = [];
    for (const connection of ["api", "basic", "custom"]) {
      await call("/echo", { connection }, outsideOf(own));
      const headers = server.asked.at(-1)?.headers ?? {};
      sent.push(headers["authorization"] ?? headers["x-api-key"]);
    }
    expect(sent).toEqual(["Bearer k3y-value", `Basic ${btoa("me:pass1")}`, "k3y-value"]);
  });

  it("is not shown to another host, nor to another port of the same one", async () => {
    const before = server.asked.length;
    for (const hosts of [["api.example.com"], ["127.0.0.1"], [`127.0.0.1:${server.port + 1}`], []]) {
      expect(
        await failureOf(call("/echo", { connection: "api" }, outsideOf({ connections: connections(hosts) }))),
      ).toBe("policy/connection_host");
    }
    expect(server.asked.length).toBe(before);
  });

  it("does not follow a redirect to another origin", async () => {
    const other = await startHttpServer();
    const own = { connections: connections([`127.0.0.1:${server.port}`]) };
    for (const connection of ["api", "custom"]) {
      await call(`/redirect?to=${encodeURIComponent(`${other.url}/echo`)}`, { connection }, outsideOf(own));
    }
    expect(other.asked.map(({ headers }) => headers["authorization"] ?? headers["x-api-key"])).toEqual([
      undefined,
      undefined,
    ]);
    await other.close();
  });

  it("has its secret masked wherever the other side echoes it", async () => {
    const outside = outsideOf({ connections: connections([`127.0.0.1:${server.port}`]) });
    const answer = await call("/echo", { connection: "api" }, outside);
    expect(JSON.stringify(answer.body)).toContain("k3y-value");
    expect(JSON.stringify(outside.record.redactor.json(answer.body))).not.toContain("k3y-value");
  });

  it("says so when it does not exist", async () => {
    expect(await failureOf(call("/echo", { connection: "gone" }))).toBe("auth/connection_invalid");
  });
});

describe("what a status means", () => {
  const node = nodeOf("http-request");
  const table: [number, string][] = [
    [400, "permanent/http_4xx"],
    [401, "auth/forbidden"],
    [403, "auth/forbidden"],
    [404, "permanent/http_4xx"],
    [408, "transient/http_5xx"],
    [410, "permanent/http_4xx"],
    [422, "permanent/http_4xx"],
    [425, "transient/http_5xx"],
    [429, "rate_limited/http_429"],
    [500, "transient/http_5xx"],
    [502, "transient/http_5xx"],
    [503, "transient/http_5xx"],
    [504, "transient/http_5xx"],
    [529, "transient/http_5xx"],
  ];

  it.each(table)("%i is %s", async (status, expected) => {
    const outside = outsideOf();
    const can = { http: (request: HttpRequest) => callHttp(request, 1, outside) };
    const run = node!.execute({
      config: {},
      input: { url: `${server.url}/status/${status}` },
      can: can as never,
      signal: outside.signal,
    });
    expect(await failureOf(run)).toBe(expected);
  });
});

describe("Retry-After", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  const table: [string | null, number | undefined][] = [
    [null, undefined],
    ["", undefined],
    ["0", 0],
    ["7", 7_000],
    [" 7 ", 7_000],
    ["1.5", 1_500],
    ["31536000", 900_000],
    ["-5", undefined],
    ["soon", undefined],
    ["Thu, 01 Jan 2026 00:00:30 GMT", 30_000],
    ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
    ["Fri, 01 Jan 2027 00:00:00 GMT", 900_000],
    ["2026-01-01", undefined],
    ["9".repeat(400), 900_000],
  ];

  it.each(table)("%s is %s ms", (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });

  it("travels with the answer", async () => {
    expect((await call("/status/429?retry-after=3")).retryAfterMs).toBe(3_000);
  });
});
