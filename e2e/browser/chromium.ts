// Finds a Chromium without downloading one: a Playwright or system browser if there is one, else the build that npm installed.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const system = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Flags for a headless browser that talks to nobody but the page under test. */
export const chromiumArgs = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--font-render-hinting=none",
];

function works(path: string): boolean {
  return spawnSync(path, ["--version", "--no-sandbox"], { timeout: 20_000 }).status === 0;
}

async function fromNpm(): Promise<string> {
  const { default: packed } = await import("@sparticuz/chromium");
  return packed.executablePath();
}

/**
 * @returns path of a Chromium that starts on this machine
 * @throws  when none does, with what to install
 */
export async function findChromium(): Promise<string> {
  const known = [process.env.RUNBOARD_CHROMIUM, chromium.executablePath(), ...system];
  for (const path of known) if (path !== undefined && path !== "" && existsSync(path)) return path;
  const unpacked = await fromNpm();
  if (works(unpacked)) return unpacked;
  // The npm build expects a few libraries (nss, nspr); it carries its own copies for machines that have none.
  process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs22.x";
  const { inflate } = await import("../../node_modules/@sparticuz/chromium/build/lambdafs.js");
  await inflate("node_modules/@sparticuz/chromium/bin/al2023.tar.br");
  const { setupLambdaEnvironment } = await import("../../node_modules/@sparticuz/chromium/build/helper.js");
  const { tmpdir } = await import("node:os");
  setupLambdaEnvironment(`${tmpdir()}/al2023/lib`);
  if (works(unpacked)) return unpacked;
  throw new Error(
    "No Chromium starts on this machine. Install one (for example the chromium package) or name it in RUNBOARD_CHROMIUM.",
  );
}
