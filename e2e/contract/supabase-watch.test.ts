import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFunctions, type FunctionsHost } from "../../supabase/embedded/functions-host.ts";

const FIXTURE = join(import.meta.dirname, "supabase-fixture");
const said: string[] = [];

let home: string;
let functions: FunctionsHost;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "runboard-watch-"));
  functions = await startFunctions({
    dir: join(FIXTURE, "functions"),
    configFile: join(FIXTURE, "config.toml"),
    root: join(import.meta.dirname, "../.."),
    home,
    cacheDir: join(home, "deno"),
    env: { SUPABASE_URL: "http://127.0.0.1:9" },
    // Silence alone ends nothing here, however busy the machine is.
    patienceMs: 60_000,
    onLog: (text) => said.push(text),
  });
});
afterAll(async () => {
  await functions.stop();
  rmSync(home, { recursive: true, force: true });
});

async function greet(): Promise<unknown> {
  const port = await functions.portOf("hello");
  const body = JSON.stringify({ name: "Ada" });
  const response = await fetch(`http://127.0.0.1:${port}/hello`, { method: "POST", body });
  return ((await response.json()) as { greeting: string }).greeting;
}

test("R-15 a process that is blocked for good is ended and started again", async () => {
  expect(await greet()).toBe("Hello Ada");
  const port = await functions.portOf("hello");
  await expect(fetch(`http://127.0.0.1:${port}/hello/spin`)).rejects.toThrow();
  expect(said.join("")).toContain("the process is ended: it computes without answering");
  expect(await greet()).toBe("Hello Ada");
  expect(functions.status().map(({ restarts }) => restarts)).toEqual([1]);
}, 60_000);
