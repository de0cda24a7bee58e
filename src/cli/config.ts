// The only reader of the environment in the command line, and the keeper of the saved session.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const Saved = z.object({
  url: z.string(),
  workspace: z.string().optional(),
  session: z.object({ access_token: z.string(), refresh_token: z.string() }).optional(),
});
export type Saved = z.infer<typeof Saved>;

const path =
  process.env.RUNBOARD_CLI_SESSION ??
  join(process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "runboard", "session.json");

export const defaultUrl = process.env.RUNBOARD_URL ?? "http://127.0.0.1:4400";
export const databaseUrlFromEnvironment = process.env.RUNBOARD_DATABASE_URL;
export const homeFromEnvironment =
  process.env.RUNBOARD_HOME ?? fileURLToPath(new URL("../../.runboard", import.meta.url));
export const passwordFromEnvironment = process.env.RUNBOARD_PASSWORD;

/** The saved session for this address, or an empty one: a token is never sent to another address than its own. */
export function loadSaved(url: string): Saved {
  try {
    const saved = Saved.parse(JSON.parse(readFileSync(path, "utf8")));
    return saved.url === url ? saved : { url };
  } catch {
    return { url };
  }
}

/** Readable by its owner alone. */
export function save(saved: Saved): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, JSON.stringify(saved), { mode: 0o600 });
  chmodSync(path, 0o600);
}

export function forget(): void {
  rmSync(path, { force: true });
}
export const secretFromEnvironment = process.env.RUNBOARD_SECRET;
