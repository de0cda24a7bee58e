// Measures the compiler in Node and in headless Chromium: `node e2e/bench/compile.ts [nodes] [--json FILE]`.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { build } from "vite";
import { chromiumArgs, findChromium } from "../browser/chromium.ts";
import { compileRounds, warmUp, type Rounds } from "./compile-rounds.ts";

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
  return rounded(list[list.length >> 1]);
}

function rounded(ms: number | undefined): number {
  return Math.round((ms ?? 0) * 10) / 10;
}

function facts({ nodes, edges, steps, unseen, edited }: Rounds) {
  return {
    nodes,
    edges,
    steps,
    unseenMs: median(unseen),
    fastestUnseenMs: rounded(unseen[0]),
    editedMs: median(edited),
    fastestEditedMs: rounded(edited[0]),
  };
}

const result = { node: facts(await compileRounds(size, rounds)), chromium: facts(await inChromium()) };
console.log(
  `${result.node.nodes} nodes, ${result.node.edges} edges, ${result.node.steps} steps. Median of ${rounds} documents that share no key, id, text or expression with an earlier one, after ${warmUp} others.`,
);
for (const [where, one] of Object.entries(result))
  console.log(
    `${where.padEnd(9)} never seen before ${one.unseenMs} ms (fastest ${one.fastestUnseenMs}), one node changed ${one.editedMs} ms (fastest ${one.fastestEditedMs})`,
  );
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
