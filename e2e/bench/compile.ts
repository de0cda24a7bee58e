// Measures the compiler in Node and in headless Chromium: `node e2e/bench/compile.ts [nodes] [--json FILE]`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { build } from "vite";
import { chromiumArgs, findChromium } from "../browser/chromium.ts";
import { compileRounds, type Rounds } from "./compile-rounds.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: "string" } } });
const size = Number(positionals[0] ?? 1_000);
const rounds = 40;

/** The page has the same rule against evaluated text as the app, so zod parses as it does there. */
async function inChromium(): Promise<Rounds> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2023",
      lib: {
        entry: join(import.meta.dirname, "compile-rounds.ts"),
        formats: ["iife"],
        name: "bench",
      },
    },
  });
  const [output] = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  if (output?.type !== "chunk") throw new Error("The page was not built.");
  const browser = await chromium.launch({ executablePath: await findChromium(), args: chromiumArgs });
  try {
    const page = await browser.newPage();
    await page.route("http://bench.invalid/**", (route) =>
      route.request().url().endsWith(".js")
        ? route.fulfill({ contentType: "text/javascript", body: output.code })
        : route.fulfill({
            contentType: "text/html",
            headers: { "content-security-policy": "script-src 'self'" },
            body: '<!doctype html><script src="/bench.js"></script>',
          }),
    );
    await page.goto("http://bench.invalid/");
    return await page.evaluate(`bench.compileRounds(${size}, ${rounds})`);
  } finally {
    await browser.close();
  }
}

function median(list: readonly number[]): number {
  return Math.round((list[list.length >> 1] ?? 0) * 10) / 10;
}

function facts({ nodes, edges, steps, cold, edited }: Rounds) {
  return {
    nodes,
    edges,
    steps,
    coldMs: median(cold),
    fastestColdMs: Math.round((cold[0] ?? 0) * 10) / 10,
    editedMs: median(edited),
  };
}

const result = { node: facts(compileRounds(size, rounds)), chromium: facts(await inChromium()) };
for (const [where, one] of Object.entries(result))
  console.log(
    `${where.padEnd(9)} ${one.nodes} nodes, ${one.edges} edges, ${one.steps} steps: opened ${one.coldMs} ms (fastest ${one.fastestColdMs}), one node changed ${one.editedMs} ms`,
  );
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
