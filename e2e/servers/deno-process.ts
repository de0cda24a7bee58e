// Starts one edge function in Deno by itself, with the permissions the host gives it.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export const root = join(import.meta.dirname, "../..");
export const denoPath = join(root, "node_modules/.bin/deno");
export const denoPermissions = [
  "--quiet",
  "--no-prompt",
  "--no-remote",
  "--cached-only",
  "--no-lock",
  "--node-modules-dir=manual",
  "--allow-net",
  "--allow-env",
  `--allow-read=${root}`,
  "--allow-sys=hostname,osRelease,homedir,cpus,uid",
  `--config=${join(root, "edge-functions/deno.json")}`,
];

export interface DenoFunction {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Settles when the process ends, with its exit code; null after a signal. */
  readonly ended: Promise<number | null>;
  kill(): Promise<void>;
}

/**
 * @param name folder below edge-functions
 * @param env  all the function can see
 */
export async function startDenoFunction(name: string, env: Record<string, string>): Promise<DenoFunction> {
  const port = await freePort();
  const script = join(root, "edge-functions", name, "index.ts");
  const crashes = env["RUNBOARD_CRASH_POINT"] === undefined ? [] : [`--import-map=${writeCrashMap()}`];
  const child = spawn(denoPath, ["run", ...denoPermissions, ...crashes, script], {
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      NO_COLOR: "1",
      DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}`,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (text: Buffer) => (said += text.toString()));
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  const ended = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const up = await fetch(url, { method: "OPTIONS" }).then(
      () => true,
      () => false,
    );
    if (up) break;
    if (tries === 200 || child.exitCode !== null)
      throw new Error(`The function ${name} did not start: ${said}`);
    await new Promise((done) => setTimeout(done, 50));
  }
  if (child.pid === undefined) throw new Error(`The function ${name} has no process.`);
  return {
    url,
    port,
    pid: child.pid,
    ended,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** What puts the crash points of tests in the place of the shipped ones, which do nothing. */
function writeCrashMap(): string {
  const shipped = JSON.parse(readFileSync(join(root, "edge-functions/deno.json"), "utf8"));
  const url = (path: string) => pathToFileURL(join(root, path)).href;
  const imports = {
    ...shipped.imports,
    [url("edge-functions/_shared/crash-points.ts")]: url("e2e/servers/crash-points.ts"),
  };
  const path = join(mkdtempSync(join(tmpdir(), "runboard-crash-")), "import-map.json");
  writeFileSync(path, JSON.stringify({ imports }));
  return path;
}

/** A port of this machine that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === "string") throw new Error("There is no free port.");
  return address.port;
}
