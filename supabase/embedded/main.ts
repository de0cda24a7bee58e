import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildApp } from "./build-app.ts";
import { type Config, readConfig } from "./config.ts";
import { createDevApp, watchFunctions } from "./dev-server.ts";
import { openBrowser } from "./open-browser.ts";
import { startStack } from "./stack.ts";
import { StartupError } from "./startup-error.ts";

/** Longest an orderly end may take before the process leaves anyway; guarded children end with it. */
const SHUTDOWN_LIMIT_MS = 15_000;

async function main(): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // Asked twice means now; guarded children end with this process.
      if (stopping.signal.aborted) process.exit(1);
      stopping.abort(new Error(signal));
    });
  }
  if (process.channel) process.once("disconnect", () => stopping.abort(new Error("SIGHUP")));
  // Standard output belongs to the one line scripts wait for; packages that print there are sent to the log.
  console.log = console.error;
  const config = readConfig(process.argv.slice(2), process.env);
  const servesApp = !config.dev && !config.apiOnly;
  if (servesApp) await prepareApp(config.root);
  const stack = await startStack({
    ...config,
    version: readVersion(config.root),
    ...(servesApp ? { staticDir: join(config.root, "dist") } : {}),
    ...(config.dev ? { app: (server) => createDevApp(config.root, server) } : {}),
    signal: stopping.signal,
    onDeath(reason) {
      console.error(`Stopping because ${reason}.`);
      process.exitCode = 1;
      stopping.abort();
    },
  });
  const stopWatching = config.dev ? watchFunctions(config.root, () => stack.functions.restart()) : undefined;
  process.stdout.write(`ready ${stack.url}\n`);
  if (shouldOpenBrowser(config)) openBrowser(stack.url);
  if (!stopping.signal.aborted) {
    await new Promise((resolve) => stopping.signal.addEventListener("abort", resolve, { once: true }));
  }
  stopWatching?.();
  setTimeout(() => process.exit(), SHUTDOWN_LIMIT_MS).unref();
  await stack.stop();
  process.exit();
}

async function prepareApp(root: string): Promise<void> {
  try {
    const outcome = await buildApp(root);
    if (outcome === "built") console.error("built the web app");
  } catch (cause) {
    throw new StartupError(
      `The web app could not be built: ${cause instanceof Error ? cause.message : String(cause)}`,
      "Correct the error above and start again.",
      { cause },
    );
  }
}

function readVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return String(version);
}

function shouldOpenBrowser({ headless, dev, apiOnly, env }: Config): boolean {
  if (headless || dev || apiOnly || env["CI"]) return false;
  return process.platform !== "linux" || Boolean(env["DISPLAY"] ?? env["WAYLAND_DISPLAY"]);
}

main().catch((error: unknown) => {
  if (error instanceof StartupError) console.error(`\n${error.message}\n\n${error.hint}\n`);
  else if (!(error instanceof Error && error.message.startsWith("SIG"))) console.error(error);
  process.exit(1);
});
