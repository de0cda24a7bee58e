import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, resolve } from "node:path";
import { StartupError } from "./startup-error.ts";

/** Who the database runs as. Undefined ids mean: as ourselves. */
export interface PostgresUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** Names tried in order when started as root, which Postgres refuses to run as. Every Unix has the last one. */
const CANDIDATES = ["postgres", "nobody"];

/**
 * Picks the system user for the database.
 * @throws StartupError when started as root on a machine without a usable system user
 */
export function choosePostgresUser(): PostgresUser {
  if (process.getuid?.() !== 0) return {};
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of CANDIDATES) {
    const account = accounts.find(([candidate]) => candidate === name);
    if (account) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new StartupError(
    "Postgres does not run as root, and this machine has neither a `postgres` nor a `nobody` user.",
    "Start Runboard as a normal user, or create the user: useradd --system postgres",
  );
}

/**
 * Gives a directory to the database user. Directories above it inside the system's temporary folder are ours and get
 * the search bit, so that user can walk down; directories elsewhere are left as they are.
 */
export function giveDirectory(user: PostgresUser, directory: string): void {
  if (user.uid === undefined || user.gid === undefined) return;
  chownSync(directory, user.uid, user.gid);
  const temporary = resolve(tmpdir());
  for (let at = dirname(resolve(directory)); at.startsWith(`${temporary}/`); at = dirname(at)) {
    const { mode } = statSync(at);
    if ((mode & 0o001) === 0) chmodSync(at, (mode & 0o7777) | 0o011);
  }
}

/** True when another user could not reach `path` because a directory above it lacks the search bit. */
export function isClosedToOthers(path: string): boolean {
  for (let at = dirname(resolve(path)); at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return true;
  }
  return false;
}

/**
 * Command prefix that drops from root to `user` but keeps the right to walk through closed directories, for a project
 * that lives below /root. Only util-linux' setpriv can do that.
 * @throws StartupError when setpriv is missing or the sandbox withholds the capability
 */
export function enterClosedDirectories(user: PostgresUser): string[] {
  const setpriv = ["/usr/bin/setpriv", "/bin/setpriv"].find((path) => existsSync(path));
  const prefix = [
    setpriv ?? "setpriv",
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    "--clear-groups",
    "--inh-caps=+dac_read_search",
    "--ambient-caps=+dac_read_search",
    "--",
  ];
  try {
    execFileSync(prefix[0] ?? "", [...prefix.slice(1), "/bin/true"], { stdio: "ignore" });
    return prefix;
  } catch (cause) {
    throw new StartupError(
      "Started as root from a directory other users cannot enter, so the database's system user cannot reach its files.",
      "Move the project out of the private directory, open it (chmod o+x), set RUNBOARD_HOME elsewhere, or start as a normal user.",
      { cause },
    );
  }
}
