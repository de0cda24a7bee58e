import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { StartupError } from "./startup-error.ts";

/**
 * Finds the Deno program itself, so that no launcher process sits between it and the host.
 * @throws StartupError when npm did not install it
 */
export function findDeno(): string {
  const require = createRequire(import.meta.url);
  const name = process.platform === "win32" ? "deno.exe" : "deno";
  const launcher = dirname(require.resolve("deno/package.json"));
  const system = `${process.platform}-${process.arch}${process.platform === "linux" ? "-glibc" : ""}`;
  const candidates = [join(launcher, name), join(launcher, "..", "@deno", system, name)];
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new StartupError(
    "The Deno program that runs the edge functions is not installed.",
    "Run `npm ci` again without leaving out optional packages or install scripts.",
  );
}
