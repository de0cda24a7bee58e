import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** One edge function as the host sees it. */
export interface EdgeFunction {
  readonly name: string;
  /** Absolute path of its entrypoint. */
  readonly entrypoint: string;
  /** When true, a call without a valid access token never reaches the function. */
  readonly verifyJwt: boolean;
}

/**
 * Lists `<dir>/<name>/index.ts`, with the settings of `[functions.<name>]` in Supabase's config.toml.
 * @param configFile may be missing; then every function checks tokens, which is Supabase's default
 */
export async function listFunctions(dir: string, configFile: string): Promise<EdgeFunction[]> {
  const config = await readFile(configFile, "utf8").catch(() => "");
  const settings = readFunctionSettings(config);
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("_"))
    .map(({ name }) => ({ name, entrypoint: join(dir, name, "index.ts") }))
    .filter(({ entrypoint }) => existsSync(entrypoint))
    .filter(({ name }) => settings.get(name)?.enabled !== false)
    .map((found) => ({ ...found, verifyJwt: settings.get(found.name)?.verifyJwt ?? true }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

interface Settings {
  verifyJwt?: boolean;
  enabled?: boolean;
}

/** Reads the two booleans we obey; the rest of config.toml is for the Supabase CLI. */
export function readFunctionSettings(toml: string): Map<string, Settings> {
  const found = new Map<string, Settings>();
  let current: Settings | undefined;
  for (const line of toml.split("\n")) {
    const section = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    if (section !== undefined) {
      const name = /^functions\."?([\w-]+)"?$/.exec(section.trim())?.[1];
      current = name === undefined ? undefined : {};
      if (name !== undefined && current) found.set(name, current);
    }
    const setting = /^\s*(verify_jwt|enabled)\s*=\s*(true|false)\b/.exec(line);
    if (!setting || !current) continue;
    if (setting[1] === "verify_jwt") current.verifyJwt = setting[2] === "true";
    else current.enabled = setting[2] === "true";
  }
  return found;
}
