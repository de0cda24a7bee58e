import { expect, test } from "vitest";
import { fakeCapabilities } from "./fake-capabilities.ts";
import httpRequest from "./http-request.node.ts";

const signal = { aborted: false, throwIfAborted() {} };

function answering(status: number, more: object = {}, config: object = {}) {
  const { can, deeds } = fakeCapabilities({ http: () => ({ status, headers: {}, body: "sorry", ...more }) });
  const ran = httpRequest.execute({
    config: { ...config },
    input: { url: "https://example.com/a" },
    can,
    signal,
  });
  return { ran, deeds };
}

test("an expected status is the step's output", async () => {
  await expect(answering(204).ran).resolves.toEqual({ status: 204, headers: {}, body: "sorry" });
});

test.each([
  [429, "rate_limited", "http_429"],
  [500, "transient", "http_5xx"],
  [503, "transient", "http_5xx"],
  [529, "transient", "http_5xx"],
  [408, "transient", "http_5xx"],
  [401, "auth", "forbidden"],
  [403, "auth", "forbidden"],
  [404, "permanent", "http_4xx"],
  [302, "permanent", "http_4xx"],
])("status %i fails as %s with code %s", async (status, errorClass, code) => {
  await expect(answering(status).ran).rejects.toMatchObject({ errorClass, code });
});

test("the time the server asks for is kept with a 429", async () => {
  await expect(answering(429, { retryAfterMs: 7_000 }).ran).rejects.toMatchObject({
    facts: { retryAfterMs: 7_000 },
  });
});

test("a status the author expects is no failure", async () => {
  await expect(answering(404, {}, { okStatus: ["2xx", "404"] }).ran).resolves.toMatchObject({ status: 404 });
});

test("reading methods are reads and writing methods are idempotent", () => {
  const around = { tools: [], workflows: [], connections: [] };
  expect(httpRequest.effectOf({ method: "GET" }, around)).toBe("read");
  expect(httpRequest.effectOf({ method: "POST" }, around)).toBe("idempotent");
});

test("only http and https URLs are accepted", async () => {
  const { can } = fakeCapabilities();
  await expect(
    httpRequest.execute({ config: {}, input: { url: "file:///etc/passwd" }, can, signal }),
  ).rejects.toThrow();
});
