import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { listDefaultSecrets } from "./secrets.ts";
import { StartupError } from "./startup-error.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** Everything the host may be told from outside. This file is the only reader of flags and environment. */
export interface Config {
  /** Root of the repository: edge functions, migrations and the built app lie below it. */
  readonly root: string;
  readonly home: string;
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
  /** Set when browsers reach the host by another address, for example through a proxy with TLS. */
  readonly publicUrl: string | undefined;
  /** Another Postgres to use instead of the bundled one. */
  readonly databaseUrl: string | undefined;
  readonly headless: boolean;
  readonly dev: boolean;
  /** Serves the API without the web app, which then lives on another host or is not needed. */
  readonly apiOnly: boolean;
  readonly signup: "open" | "closed";
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads flags, then environment, then defaults.
 * @throws StartupError on an unknown flag, a port that is none, or an address beyond loopback with generated secrets
 */
export function readConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Config {
  const flags = parseFlags(args);
  const host = flags.host ?? env["RUNBOARD_HOST"] ?? "127.0.0.1";
  const publicUrl = env["RUNBOARD_PUBLIC_URL"];
  if (!isLoopback(host)) refuseUnlessPrepared(host, publicUrl, env);
  return {
    root: ROOT,
    home: resolve(flags.home ?? env["RUNBOARD_HOME"] ?? resolve(ROOT, ".runboard")),
    host,
    port: readPort(flags.port ?? env["RUNBOARD_PORT"] ?? "4400"),
    publicUrl,
    databaseUrl: env["RUNBOARD_DATABASE_URL"],
    headless: flags.headless ?? false,
    dev: flags.dev ?? false,
    apiOnly: flags["api-only"] ?? false,
    signup: readSignup(env["RUNBOARD_SIGNUP"] ?? "open"),
    env,
  };
}

/** True for addresses only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        headless: { type: "boolean" },
        dev: { type: "boolean" },
        "api-only": { type: "boolean" },
        port: { type: "string" },
        home: { type: "string" },
        host: { type: "string" },
      },
    }).values;
  } catch (cause) {
    throw new StartupError(
      cause instanceof Error ? cause.message : String(cause),
      "Known flags: --headless, --dev, --api-only, --port N, --home DIR, --host ADDRESS.",
      { cause },
    );
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new StartupError(`"${text}" is not a port.`, "Give a number from 0 to 65535; 0 means any free port.");
}

function readSignup(text: string): "open" | "closed" {
  if (text === "open" || text === "closed") return text;
  throw new StartupError(`RUNBOARD_SIGNUP is "${text}".`, "Set it to open or closed.");
}

function refuseUnlessPrepared(
  host: string,
  publicUrl: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): void {
  const generated = listDefaultSecrets(env);
  if (generated.length > 0) {
    throw new StartupError(
      `Not listening on ${host}: others could reach it, and these secrets are still the generated ones: ${generated.join(", ")}.`,
      "Set them in the environment, or listen on 127.0.0.1.",
    );
  }
  if (publicUrl === undefined) {
    throw new StartupError(
      `Not listening on ${host} without knowing the address browsers will use.`,
      "Set RUNBOARD_PUBLIC_URL, for example https://runboard.example.org.",
    );
  }
}
