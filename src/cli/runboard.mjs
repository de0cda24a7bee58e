#!/usr/bin/env node
// The `runboard` command: runs main.ts with the Node that npm installed, whatever Node started this file.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const node = fileURLToPath(new URL("../../node_modules/node/bin/node", import.meta.url));
const main = fileURLToPath(new URL("main.ts", import.meta.url));
const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("error", () => {
  console.error(
    "The Node that Runboard brings is not installed. Run `npm ci` in its folder, then try again.",
  );
  process.exit(2);
});
child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 130));
