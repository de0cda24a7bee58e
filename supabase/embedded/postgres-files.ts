import { accessSync, constants, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StartupError } from "./startup-error.ts";

/** The only major version the embedded binaries can open. */
export const POSTGRES_MAJOR = "17";

/**
 * Says whether a data directory holds a database already.
 * @throws StartupError when it was made by another major version of Postgres
 */
export function hasCluster(dir: string): boolean {
  const versionFile = join(dir, "PG_VERSION");
  if (!existsSync(versionFile)) return false;
  const found = readFileSync(versionFile, "utf8").trim();
  if (found === POSTGRES_MAJOR) return true;
  throw new StartupError(
    `The database in ${dir} was made by Postgres ${found}; this Runboard uses Postgres ${POSTGRES_MAJOR}.`,
    "Start the Runboard version that made it, or choose another folder with --home DIR.",
  );
}

/**
 * Clears what a killed host left behind. A server that still runs on this directory is the orphan of such a host (the
 * home's lock has already excluded a living one): it is asked to shut down first.
 * @throws StartupError when the orphan does not end within ten seconds
 */
export async function clearStalePid(dir: string): Promise<void> {
  const pidFile = join(dir, "postmaster.pid");
  const pid = readPid(pidFile);
  if (pid === undefined) return;
  if (isPostgresOn(pid, dir)) {
    process.kill(pid, "SIGINT");
    for (let waited = 0; waited < 10_000 && isPostgresOn(pid, dir); waited += 50) await sleep(50);
    if (isPostgresOn(pid, dir)) {
      throw new StartupError(
        `A database server (process ${pid}) still uses ${dir} and does not stop.`,
        `End it with: kill -QUIT ${pid}`,
      );
    }
  }
  rmSync(pidFile, { force: true });
}

/** Process id of the server on `dir`, from its lock file; undefined when there is none. */
export function readPid(pidFile: string): number | undefined {
  if (!existsSync(pidFile)) return undefined;
  const pid = Number.parseInt(readFileSync(pidFile, "utf8"), 10);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function isPostgresOn(pid: number, dir: string): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  try {
    accessSync(commandLine, constants.R_OK);
  } catch {
    return true;
  }
  return readFileSync(commandLine, "utf8").split("\0").includes(dir);
}
