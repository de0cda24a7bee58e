import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";

const SCHEMAS = join(import.meta.dirname, "../supabase/schemas");

export interface SchemaFile {
  readonly name: string;
  readonly text: string;
}

/** The declarative files of `supabase/schemas`, in load order: their number, then their name. */
export async function readSchemaFiles(): Promise<SchemaFile[]> {
  const names = (await readdir(SCHEMAS)).filter((name) => name.endsWith(".sql")).toSorted();
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(SCHEMAS, name), "utf8") })),
  );
}

/**
 * Applies every schema file in one transaction and as the role `postgres`, which is no superuser, as on Supabase.
 * @param url superuser URL of a database that has had its bootstrap
 * @throws Error naming the file and line Postgres refused
 */
export async function applySchemas(url: string): Promise<void> {
  const files = await readSchemaFiles();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.begin(async (tx) => {
      await tx`set local role postgres`;
      for (const { name, text } of files) {
        await tx.unsafe(text).catch((cause: unknown) => {
          throw new Error(`supabase/schemas/${name}${describe(cause, text)}`, { cause });
        });
      }
    });
  } finally {
    await sql.end();
  }
}

function describe(cause: unknown, text: string): string {
  if (!(cause instanceof postgres.PostgresError)) return `: ${String(cause)}`;
  const position = Number(cause.position);
  const line = Number.isFinite(position) ? `:${text.slice(0, position).split("\n").length}` : "";
  return [`${line}: ${cause.message} (${cause.code})`, cause.detail, cause.hint, cause.where]
    .filter(Boolean)
    .join("\n");
}
