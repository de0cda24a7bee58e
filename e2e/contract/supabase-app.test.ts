import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

let dist: string;
let stack: TestStack;
beforeAll(async () => {
  dist = mkdtempSync(join(tmpdir(), "runboard-dist-"));
  mkdirSync(join(dist, "assets"));
  writeFileSync(join(dist, "index.html"), "<!doctype html><title>app</title>");
  writeFileSync(join(dist, "assets/index-AbCd1234.js"), `export const text = "${"x".repeat(5_000)}";`);
  writeFileSync(join(dist, "..", "outside.txt"), "outside");
  stack = await startTestStack({ staticDir: dist });
});
afterAll(async () => {
  await stack.stop();
  rmSync(dist, { recursive: true, force: true });
});

test("every path that is no file is the app, with a policy that runs scripts from files only", async () => {
  for (const path of ["/", "/runs/123", "/w/a/b"]) {
    const response = await fetch(`${stack.url}${path}`);
    expect(await response.text()).toBe("<!doctype html><title>app</title>");
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
  }
});

test("hashed files are kept by the browser and sent compressed", async () => {
  const url = `${stack.url}/assets/index-AbCd1234.js`;
  for (const encoding of ["br", "gzip"]) {
    const response = await fetch(url, { headers: { "accept-encoding": encoding } });
    expect(response.headers.get("content-encoding")).toBe(encoding);
    expect(Number(response.headers.get("content-length"))).toBeLessThan(500);
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(await response.text()).toContain("xxxxx");
  }
});

test("a missing file is not the app, and nothing outside the folder is served", async () => {
  expect((await fetch(`${stack.url}/assets/gone-AbCd1234.js`)).status).toBe(404);
  expect((await fetch(`${stack.url}/..%2foutside.txt`)).status).toBe(404);
  expect((await fetch(`${stack.url}/%2e%2e/outside.txt`)).status).toBe(404);
});
