import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateApiKey } from "@supabase/lite";
import { StartupError } from "./startup-error.ts";

/** Names as written in `secrets.env`; each may be given by an environment variable of the same name instead. */
const NAMES = [
  "RUNBOARD_POSTGRES_PASSWORD",
  "RUNBOARD_OWNER_PASSWORD",
  "RUNBOARD_GATEWAY_PASSWORD",
  "RUNBOARD_ENGINE_PASSWORD",
  "RUNBOARD_JWT_SECRET",
  "RUNBOARD_PUBLISHABLE_KEY",
  "RUNBOARD_SECRET_KEY",
  "RUNBOARD_WORKER_SECRET",
  "RUNBOARD_VAULT_KEY",
] as const;

type SecretName = (typeof NAMES)[number];
export type Secrets = Readonly<Record<SecretName, string>>;

/** What strangers could use from the network. Off loopback these must be the operator's own choice. */
const FACING_THE_NETWORK: readonly SecretName[] = [
  "RUNBOARD_JWT_SECRET",
  "RUNBOARD_SECRET_KEY",
  "RUNBOARD_WORKER_SECRET",
  "RUNBOARD_VAULT_KEY",
];

/**
 * Reads the installation's secrets, making those that are missing.
 * @param home folder with `secrets.env` (mode 600)
 * @param env  environment; a secret named there wins over the file
 * @throws StartupError when other users of the machine could read the file
 */
export async function loadSecrets(
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Secrets> {
  const path = join(home, "secrets.env");
  const stored = existsSync(path) ? readSecretsFile(path) : new Map<string, string>();
  const missing = NAMES.filter((name) => !stored.has(name));
  for (const name of missing) stored.set(name, await generate(name));
  if (missing.length > 0) {
    const lines = NAMES.map((name) => `${name}=${stored.get(name)}`);
    writeFileSync(
      path,
      `# Keys of this installation. Keep a copy of RUNBOARD_VAULT_KEY: without it stored connections are lost.\n${lines.join("\n")}\n`,
      { mode: 0o600 },
    );
  }
  const read = (name: SecretName) => env[name] ?? stored.get(name) ?? "";
  return {
    RUNBOARD_POSTGRES_PASSWORD: read("RUNBOARD_POSTGRES_PASSWORD"),
    RUNBOARD_OWNER_PASSWORD: read("RUNBOARD_OWNER_PASSWORD"),
    RUNBOARD_GATEWAY_PASSWORD: read("RUNBOARD_GATEWAY_PASSWORD"),
    RUNBOARD_ENGINE_PASSWORD: read("RUNBOARD_ENGINE_PASSWORD"),
    RUNBOARD_JWT_SECRET: read("RUNBOARD_JWT_SECRET"),
    RUNBOARD_PUBLISHABLE_KEY: read("RUNBOARD_PUBLISHABLE_KEY"),
    RUNBOARD_SECRET_KEY: read("RUNBOARD_SECRET_KEY"),
    RUNBOARD_WORKER_SECRET: read("RUNBOARD_WORKER_SECRET"),
    RUNBOARD_VAULT_KEY: read("RUNBOARD_VAULT_KEY"),
  };
}

/** Secrets that are still the generated ones although they guard against the network. */
export function listDefaultSecrets(env: Readonly<Record<string, string | undefined>>): string[] {
  return FACING_THE_NETWORK.filter((name) => !env[name]);
}

function readSecretsFile(path: string): Map<string, string> {
  const mode = statSync(path).mode & 0o777;
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw new StartupError(
      `${path} can be read by other users of this machine (mode ${mode.toString(8)}).`,
      `Close it with: chmod 600 ${path}`,
    );
  }
  const entries = new Map<string, string>();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const at = line.indexOf("=");
    if (at > 0 && !line.startsWith("#")) entries.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  return entries;
}

async function generate(name: SecretName): Promise<string> {
  if (name === "RUNBOARD_PUBLISHABLE_KEY") return (await generateApiKey("publishable")).key;
  if (name === "RUNBOARD_SECRET_KEY") return (await generateApiKey("secret")).key;
  return randomBytes(32).toString(name === "RUNBOARD_VAULT_KEY" ? "base64" : "base64url");
}
