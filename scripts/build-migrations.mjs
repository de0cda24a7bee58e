// Writes supabase/migrations from supabase/schemas. `--check` only says whether it is stale, `--out FILE` writes elsewhere.
import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { readSchemaFiles } from "../e2e/schema-files.ts";

const ROOT = join(import.meta.dirname, "..");
const FILE = join(ROOT, "supabase/migrations/20261120000000_spine.sql");

const { values } = parseArgs({ options: { check: { type: "boolean" }, out: { type: "string" } } });
const target = values.out ?? FILE;
const parts = (await readSchemaFiles()).map(({ name, text }) => `-- ${name}\n\n${text.trim()}\n`);
const wanted = [
  "-- Made of supabase/schemas by scripts/build-migrations.mjs: edit the files there, then run `npm run gen`.\n",
  ...parts,
].join("\n");

if (values.check) {
  const stored = await readFile(target, "utf8").catch(() => "");
  if (stored !== wanted) {
    console.error(`${relative(ROOT, target)} is stale. Run: npm run gen`);
    process.exit(1);
  }
} else {
  await writeFile(target, wanted);
}
