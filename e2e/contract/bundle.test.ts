// The built app must hold no server code and no secret. `npm test` builds it before this runs.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const dist = join(import.meta.dirname, "../../dist");
const texts = readdirSync(dist, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(js|html|css|json)$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(dist, name), "utf8") }));

const holding = (needle: string | RegExp) =>
  texts
    .filter(({ text }) => (typeof needle === "string" ? text.includes(needle) : needle.test(text)))
    .map(({ name }) => name);

test("the app has been built", () => {
  expect(texts.map(({ name }) => name)).toContain("index.html");
});

describe("server code stays on the server", () => {
  test.each([
    "RUNBOARD_ENGINE_DB_URL",
    "RUNBOARD_VAULT_KEY",
    "RUNBOARD_WORKER_SECRET",
    "x-runboard-worker",
    "SUPABASE_SERVICE_ROLE_KEY",
    "StreamableHTTPClientTransport",
    "engine.claim_steps",
    "engine.report_steps",
    "Deno.serve",
  ])("no file holds %s", (needle) => {
    expect(holding(needle)).toEqual([]);
  });
});

test("no file holds a secret key or a signed token", () => {
  expect(holding(/sb_secret_[A-Za-z0-9]/)).toEqual([]);
  expect(holding(/eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/)).toEqual([]);
});

test("nothing is loaded from another origin", () => {
  const html = texts.find(({ name }) => name === "index.html");
  expect(html?.text.match(/(src|href)="https?:/g)).toBeNull();
});
