import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const config = readFileSync(join(ROOT, "supabase/config.toml"), "utf8");
const names = readdirSync(join(ROOT, "edge-functions"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith("_"))
  .map((entry) => entry.name)
  .filter((name) => existsSync(join(ROOT, "edge-functions", name, "index.ts")));

test("every edge function is declared with its entrypoint, its packages and whether it checks tokens", () => {
  const declared = [...config.matchAll(/^\[functions\.([\w-]+)\]$/gm)].map((match) => match[1]);
  expect(declared.toSorted()).toEqual(names.toSorted());
  for (const name of names) {
    const section = config.split(`[functions.${name}]`)[1]?.split("\n[")[0] ?? "";
    expect(section).toContain(`entrypoint = "../edge-functions/${name}/index.ts"`);
    expect(section).toContain('import_map = "../edge-functions/deno.json"');
    expect(section).toMatch(/^verify_jwt = (true|false)$/m);
  }
});
