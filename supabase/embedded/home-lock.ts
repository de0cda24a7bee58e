import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartupError } from "./startup-error.ts";

/**
 * Makes the home folder and takes it for this process.
 * @returns releases the folder
 * @throws StartupError when another running Runboard uses it, or when it cannot be written
 */
export function lockHome(home: string): () => void {
  const path = join(home, "runboard.pid");
  try {
    // Others may pass through (the database runs as its own user when started as root) but not list.
    mkdirSync(home, { recursive: true, mode: 0o711 });
    const owner = existsSync(path) ? Number.parseInt(readFileSync(path, "utf8"), 10) : Number.NaN;
    if (isRunboard(owner)) {
      throw new StartupError(
        `Runboard already runs on ${home} (process ${owner}).`,
        "Use that one, stop it first, or start a second installation with --home DIR --port 0.",
      );
    }
    rmSync(path, { force: true });
    writeFileSync(path, `${process.pid}\n`, { flag: "wx" });
  } catch (cause) {
    if (cause instanceof StartupError) throw cause;
    throw new StartupError(
      `The folder ${home} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
      "Check who owns it and whether the disk is full, or choose another one with --home DIR.",
      { cause },
    );
  }
  return () => rmSync(path, { force: true });
}

/** A process id is reused after a crash or reboot, so a living process must also look like ours. */
function isRunboard(pid: number): boolean {
  if (!Number.isInteger(pid) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || /node/.test(readFileSync(commandLine, "utf8"));
}
