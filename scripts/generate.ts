// Runs every generator; with --check each one only says whether its file is stale.
import { spawnSync } from "node:child_process";

const generators = [
  "src/nodes/generate-registry.mjs",
  "scripts/generate-node-docs.ts",
  "scripts/build-migrations.mjs",
  "scripts/generate-database-types.mjs",
];

const check = process.argv.includes("--check");
const stale = generators.filter((script) => {
  const { status } = spawnSync(process.execPath, [script, ...(check ? ["--check"] : [])], {
    stdio: "inherit",
  });
  return status !== 0;
});
if (stale.length > 0) {
  console.error(`${check ? "Stale" : "Failed"}: ${stale.join(", ")}`);
  process.exit(1);
}
