import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const SOURCES = ["src", "index.html", "vite.config.ts", "package-lock.json", "public"];
/** Not part of the app, or written by the build itself. */
const IGNORED = /\.test\.tsx?$|\/src\/cli\/|\/routeTree\.gen\.ts$/;

/**
 * Builds the web app into `dist/` when its sources changed since the last build.
 * @returns what happened; "nothing" when the repository has no web app
 */
export async function buildApp(root: string): Promise<"built" | "fresh" | "nothing"> {
  if (!existsSync(join(root, "index.html"))) return "nothing";
  const stampFile = join(root, "dist", ".stamp");
  const stamp = await hashSources(root);
  const known = await readFile(stampFile, "utf8").catch(() => "");
  if (known === stamp) return "fresh";
  await runVite(root);
  await writeFile(stampFile, stamp);
  return "built";
}

/** In a process of its own: a build leaves a gigabyte behind in the process that ran it. */
async function runVite(root: string): Promise<void> {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const child = spawn(process.execPath, [vite, "build", "--logLevel", "error"], {
    // Whoever starts the host may be a test runner or a developer; the app is built for people all the same.
    env: { ...process.env, NODE_ENV: "production" },
    cwd: root,
    stdio: ["ignore", process.stderr, process.stderr],
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  if (code !== 0) throw new Error("the build ended with errors, which stand above");
}

async function hashSources(root: string): Promise<string> {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    const path = join(root, source);
    if (!existsSync(path)) continue;
    for (const file of await listFiles(path)) {
      hash.update(`${file.slice(root.length)}\0`).update(await readFile(file));
    }
  }
  return hash.digest("hex");
}

async function listFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (!entries) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !IGNORED.test(file))
    .toSorted();
}
