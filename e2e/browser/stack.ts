// Starts the whole product for a test, as `npm start -- --headless --port 0` does, in a home of its own.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface RunningStack {
  url: string;
  home: string;
  /** What it wrote to standard error so far. */
  log: () => string;
  stop: () => Promise<void>;
}

function waitForExit(child: ChildProcess): Promise<void> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once("exit", () => resolve()));
}

/** @throws when the process ends before it is ready, with the end of its log */
export async function startProduct(
  options: { env?: Record<string, string>; home?: string; args?: readonly string[] } = {},
): Promise<RunningStack> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), "runboard-e2e-"));
  const child = spawn(
    process.execPath,
    ["supabase/embedded/main.ts", "--headless", "--port", "0", "--home", home, ...(options.args ?? [])],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...options.env } },
  );
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-200_000)));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("ready ")) resolve(line.slice("ready ".length).trim());
    });
    child.once("exit", (code) =>
      reject(new Error(`Runboard ended with ${code} before it was ready.\n${log.slice(-4_000)}`)),
    );
  });
  return {
    url,
    home,
    log: () => log,
    async stop() {
      child.kill("SIGTERM");
      await waitForExit(child);
      if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}
