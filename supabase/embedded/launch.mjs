// Plain JavaScript for whatever Node the machine has: hands over to the Node 24 that `npm ci` installed, which runs
// TypeScript as it is. Usage: node launch.mjs <script.ts> [arguments]
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const bundled = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const node = existsSync(bundled) ? bundled : process.execPath;
const [script, ...args] = process.argv.slice(2);

if (script === undefined) {
  console.error("launch.mjs needs the script to run.");
  process.exit(2);
}

// The fourth channel is how the script notices that this process was killed.
const child = spawn(node, [resolve(script), ...args], { stdio: ["inherit", "inherit", "inherit", "ipc"] });
// The terminal sends Ctrl-C to both; this process waits so that the prompt returns only when everything has ended.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGHUP", () => child.kill("SIGHUP"));
// npm that is told to stop ends without a word to what it started, and leaves this process to another parent.
if (process.env.npm_lifecycle_event !== undefined) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) child.kill("SIGTERM");
  }, 250).unref();
}
child.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
