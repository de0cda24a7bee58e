import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { applyBootstrap } from "../supabase/embedded/bootstrap.ts";
import { applyMigrations } from "../supabase/embedded/migrate.ts";
import { startPostgres } from "../supabase/embedded/postgres.ts";

export interface TestPostgres {
  /** Superuser URL of the template database. Do not keep connections to it open while cloning. */
  readonly url: string;
  readonly port: number;
  /** Copies a database (default: the template) and returns the copy's URL; takes tens of milliseconds. */
  cloneDatabase(template?: string): Promise<string>;
  /** The power cut; the directory stays. */
  kill(): Promise<void>;
  /** Stops the server and deletes its directory. */
  stop(): Promise<void>;
}

export interface TestPostgresOptions {
  /** True for tests of durability; the default gives up fsync for speed. */
  readonly durable?: boolean;
  /** Migrations applied to the template; none when left out. */
  readonly migrationsDir?: string;
  readonly settings?: readonly string[];
}

/** Starts a throwaway cluster on a random port whose database `template` has the platform objects and migrations. */
export async function startTestPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), "runboard-postgres-"));
  const server = await startPostgres({
    dir: join(folder, "data"),
    password: randomUUID(),
    durable: options.durable ?? false,
    settings: options.settings ?? [],
  });
  await runOn(server.url, (admin) => admin`create database template`);
  const url = onDatabase(server.url, "template");
  await applyBootstrap(url);
  if (options.migrationsDir !== undefined) await applyMigrations(url, options.migrationsDir);

  async function cloneDatabase(template = "template"): Promise<string> {
    const name = `test_${randomUUID().replaceAll("-", "")}`;
    await runOn(
      server.url,
      (admin) => admin`create database ${admin(name)} template ${admin(template)} owner postgres`,
    );
    return onDatabase(server.url, name);
  }
  async function stop(): Promise<void> {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return { url, port: server.port, cloneDatabase, kill: server.kill, stop };
}

function onDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function runOn(url: string, query: (sql: postgres.Sql) => PromiseLike<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await query(sql);
  } finally {
    await sql.end();
  }
}
