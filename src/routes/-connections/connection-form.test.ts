import { expect, test } from "vitest";
import type { ConnectionRow } from "../../data/connections.ts";
import { draftOf, fieldsOf, hostsOf, problemsOf, slugOf } from "./connection-form.ts";

const empty = fieldsOf(undefined);

test("a title suggests a slug", () => {
  expect(slugOf("My API (v2)")).toBe("my-api-v2");
  expect(slugOf("42 things")).toBe("things");
});

test("the address's own host is always among the hosts", () => {
  expect(
    hostsOf({ ...empty, baseUrl: "https://api.example.com/v1", hosts: "cdn.example.com, api.example.com" }),
  ).toEqual(["api.example.com", "cdn.example.com"]);
});

test("an MCP server needs an address", () => {
  expect(problemsOf({ ...empty, kind: "mcp", title: "Server", slug: "server" })).toEqual({
    baseUrl: "Enter the server’s address.",
  });
});

test("a secret for HTTP needs a host it may be sent to", () => {
  expect(problemsOf({ ...empty, kind: "http", title: "API", slug: "api" })).toEqual({
    hosts: "Name at least one host the secret may be sent to.",
  });
});

test("an empty secret is not sent, so the stored one stays", () => {
  const draft = draftOf("w", { ...empty, kind: "anthropic", title: "Anthropic", slug: "anthropic" });
  expect(draft).toEqual({
    workspaceId: "w",
    slug: "anthropic",
    kind: "anthropic",
    title: "Anthropic",
    hosts: [],
    config: {},
    limits: null,
  });
});

test("limits are numbers; a rate says over what time, and an empty field is no limit", () => {
  const named = { ...empty, kind: "http" as const, title: "API", slug: "api", hosts: "api.example.com" };
  expect(draftOf("w", { ...named, maxParallel: "4" }).limits).toEqual({ maxParallel: 4 });
  expect(draftOf("w", { ...named, max: "30", per: "minute" }).limits).toEqual({ max: 30, per: "minute" });
  expect(problemsOf({ ...named, maxParallel: "0" })).toEqual({
    maxParallel: "Enter a number from 1 to 1,000, or nothing.",
  });
});

const stored: ConnectionRow = {
  id: "11111111-1111-4111-8111-111111111111",
  workspaceId: "22222222-2222-4222-8222-222222222222",
  slug: "api",
  kind: "http",
  title: "API",
  baseUrl: null,
  hosts: ["api.example.com"],
  config: { username: "robot", headerName: "X-Api-Key", breaker: false },
  limits: null,
  hasSecret: true,
  status: "ok",
  createdAt: "2026-01-01T00:00:00Z",
};

test("a breaker that is switched off is stored as such; one that is on is stored as nothing", () => {
  const fields = fieldsOf(stored);
  expect(fields.breaker).toBe(false);
  expect(draftOf("w", { ...fields, breaker: true }).config).toEqual({
    username: "robot",
    headerName: "X-Api-Key",
  });
  expect(fieldsOf({ ...stored, config: {} }).breaker).toBe(true);
});

test("what has no field survives being saved", () => {
  expect(draftOf("w", fieldsOf(stored)).config).toEqual({
    username: "robot",
    headerName: "X-Api-Key",
    breaker: false,
  });
});
