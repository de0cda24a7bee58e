import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { StartupError } from "./startup-error.ts";

interface Migration {
  readonly version: string;
  readonly name: string;
  readonly text: string;
}

interface Applied {
  readonly version: string;
  readonly statements: string[] | null;
}

/**
 * Applies `<version>_<name>.sql` files in order, each in its own transaction and as the role `postgres`, which is no
 * superuser here or on a hosted project. What was applied is recorded where the Supabase CLI records it.
 * @param url connection URL of a superuser or of `postgres`
 * @param dir folder with the migrations; a missing folder means none
 * @returns   versions applied now
 * @throws    StartupError when a migration fails, or when the database has migrations this folder does not have
 */
export async function applyMigrations(url: string, dir: string): Promise<string[]> {
  const migrations = await readMigrations(dir);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(`
      create schema if not exists supabase_migrations;
      create table if not exists supabase_migrations.schema_migrations
        (version text primary key, statements text[], name text);`);
    const applied = await sql<Applied[]>`
      select version, statements from supabase_migrations.schema_migrations order by version`;
    refuseForeignHistory(migrations, applied);
    const done = new Set(applied.map(({ version }) => version));
    const pending = migrations.filter(({ version }) => !done.has(version));
    for (const migration of pending) await applyOne(sql, migration);
    return pending.map(({ version }) => version);
  } finally {
    await sql.end();
  }
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const names = await readdir(dir).catch(() => []);
  const files = names.filter((name) => /^\d+_.+\.sql$/.test(name)).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const [version = "", ...rest] = file.replace(/\.sql$/, "").split("_");
      return { version, name: rest.join("_"), text: await readFile(join(dir, file), "utf8") };
    }),
  );
}

async function applyOne(sql: postgres.Sql, { version, name, text }: Migration): Promise<void> {
  try {
    await sql.begin(async (tx) => {
      await tx`set local role postgres`;
      await tx.unsafe(text);
      await tx`reset role`;
      await tx`
        insert into supabase_migrations.schema_migrations (version, name, statements)
        values (${version}, ${name}, ${[text]})`;
    });
  } catch (cause) {
    throw new StartupError(
      `Migration ${version}_${name} failed${lineOf(cause, text)}: ${messageOf(cause)}`,
      "Nothing of this migration was kept. Correct the file and start again.",
      { cause },
    );
  }
}

/** A database that went further, or another way, must not be touched by this version. */
function refuseForeignHistory(migrations: readonly Migration[], applied: readonly Applied[]): void {
  const known = new Map(migrations.map(({ version, text }) => [version, text]));
  const hint =
    "Start the Runboard version this home belongs to, or choose another folder with --home DIR. A home without data worth keeping can be deleted.";
  for (const { version, statements } of applied) {
    const text = known.get(version);
    if (text === undefined) {
      throw new StartupError(
        `The database has the migration ${version}, which this version of Runboard does not know.`,
        hint,
      );
    }
    // The Supabase CLI stores statements one by one; only our own whole-file records can be compared.
    if (statements?.length === 1 && statements[0] !== text) {
      throw new StartupError(`Migration ${version} was changed after this database applied it.`, hint);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function lineOf(error: unknown, text: string): string {
  const position = error instanceof postgres.PostgresError ? Number(error.position) : Number.NaN;
  return Number.isFinite(position) ? ` at line ${text.slice(0, position).split("\n").length}` : "";
}
