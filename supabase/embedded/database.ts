import { join } from "node:path";
import postgres from "postgres";
import { applyBootstrap, setRolePasswords } from "./bootstrap.ts";
import { findFreePort } from "./free-port.ts";
import { applyMigrations } from "./migrate.ts";
import { startPostgres } from "./postgres.ts";
import type { Secrets } from "./secrets.ts";
import type { Shutdown } from "./shutdown.ts";
import { StartupError } from "./startup-error.ts";

export interface DatabaseOptions {
  readonly home: string;
  readonly migrationsDir: string;
  /** Uses this server instead of the bundled one; the URL's role must be a superuser or own a prepared database. */
  readonly databaseUrl?: string | undefined;
  readonly durable: boolean;
  readonly secrets: Secrets;
  readonly onLog: (text: string) => void;
  /** Called when the bundled server ends by itself. */
  readonly onDeath: (reason: string) => void;
}

export interface Database {
  /** Superuser or owner. */
  readonly adminUrl: string;
  /** Role `supabase_gateway`: REST, Auth, Storage, Realtime. */
  readonly gatewayUrl: string;
  /** Role `postgres`, as hosted functions get it in SUPABASE_DB_URL. */
  readonly ownerUrl: string;
  /** Role `runboard_engine`, when the migrations made it. */
  readonly engineUrl: string | undefined;
}

/** Starts or reaches the database and brings it to this version: platform objects, migrations, role passwords. */
export async function openDatabase(options: DatabaseOptions, shutdown: Shutdown): Promise<Database> {
  const { secrets } = options;
  const adminUrl = options.databaseUrl ?? (await startBundled(options, shutdown));
  await reach(adminUrl);
  await applyBootstrap(adminUrl);
  await applyMigrations(adminUrl, options.migrationsDir);
  await setRolePasswords(adminUrl, {
    supabase_gateway: secrets.RUNBOARD_GATEWAY_PASSWORD,
    runboard_engine: secrets.RUNBOARD_ENGINE_PASSWORD,
    ...(options.databaseUrl === undefined ? { postgres: secrets.RUNBOARD_OWNER_PASSWORD } : {}),
  });
  return {
    adminUrl,
    gatewayUrl: withRole(adminUrl, "supabase_gateway", secrets.RUNBOARD_GATEWAY_PASSWORD),
    ownerUrl: options.databaseUrl ?? withRole(adminUrl, "postgres", secrets.RUNBOARD_OWNER_PASSWORD),
    engineUrl: (await hasRole(adminUrl, "runboard_engine"))
      ? withRole(adminUrl, "runboard_engine", secrets.RUNBOARD_ENGINE_PASSWORD)
      : undefined,
  };
}

async function startBundled(options: DatabaseOptions, shutdown: Shutdown): Promise<string> {
  const server = await startPostgres({
    dir: join(options.home, "postgres"),
    port: await findFreePort(),
    password: options.secrets.RUNBOARD_POSTGRES_PASSWORD,
    durable: options.durable,
    // Failed statements are reported to whoever sent them; here only the server's own troubles are news.
    onLog: (text) => {
      const news = text.split("\n").filter((line) => /\b(WARNING|FATAL|PANIC):/.test(line));
      if (news.length > 0) options.onLog(`${news.join("\n")}\n`);
    },
  });
  let expected = false;
  void server.exited.then((code) => {
    if (!expected) options.onDeath(`the database ended by itself (${code})`);
  });
  shutdown.add(() => {
    expected = true;
    return server.stop();
  });
  return server.url;
}

async function reach(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    const [row] = await sql<{ version: string }[]>`select current_setting('server_version_num') as version`;
    if (Number(row?.version) >= 150_000) return;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "28P01") {
      throw new StartupError(
        `The database at ${new URL(url).host} does not accept the password it was given.`,
        "Bring back the secrets.env this home was made with, or correct RUNBOARD_DATABASE_URL.",
        { cause },
      );
    }
    throw new StartupError(
      `The database at ${new URL(url).host} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
      "Check RUNBOARD_DATABASE_URL and that the server runs.",
      { cause },
    );
  } finally {
    await sql.end({ timeout: 1 });
  }
  throw new StartupError(
    `The database at ${new URL(url).host} is too old.`,
    "Runboard needs Postgres 15 or newer.",
  );
}

function withRole(url: string, role: string, password: string): string {
  const changed = new URL(url);
  changed.username = role;
  changed.password = encodeURIComponent(password);
  return changed.href;
}

async function hasRole(url: string, role: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return (await sql`select from pg_roles where rolname = ${role}`).length > 0;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
