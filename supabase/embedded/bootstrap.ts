import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { getAuthSchemaSql, getStorageSchemaSql } from "@supabase/lite";
import postgres from "postgres";

const FOLDER = join(import.meta.dirname, "bootstrap");

/**
 * Makes a plain Postgres look like a fresh Supabase project to migrations: roles, schemas, `auth`, `storage` and
 * `realtime` objects. Safe to repeat. The tables of Auth and Storage are those @supabase/lite works on.
 * @param url connection URL of a superuser
 */
export async function applyBootstrap(url: string): Promise<void> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith(".sql")).toSorted();
  const texts = await Promise.all(files.map((name) => readFile(join(FOLDER, name), "utf8")));
  const [roles = "", schemas = "", ...rest] = texts;
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.begin(async (tx) => {
      // Roles belong to the whole server: two databases bootstrapped at once must take turns.
      await tx`select pg_advisory_xact_lock(hashtext('runboard bootstrap'))`;
      for (const text of [roles, schemas, getAuthSchemaSql(), getStorageSchemaSql(), ...rest]) {
        await tx.unsafe(text);
      }
    });
  } finally {
    await sql.end();
  }
}

/** Gives the roles that log in over the network their password. */
export async function setRolePasswords(
  url: string,
  passwords: Readonly<Record<string, string>>,
): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    for (const [role, password] of Object.entries(passwords)) {
      const [statement] = await sql<{ text: string }[]>`
        select format('alter role %I login password %L', rolname, ${password}::text) as text
        from pg_roles where rolname = ${role}`;
      if (statement) await sql.unsafe(statement.text);
    }
  } finally {
    await sql.end();
  }
}
