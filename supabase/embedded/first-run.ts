import type { Database } from "./database.ts";
import type { Shutdown } from "./shutdown.ts";
import { openPool } from "./pool.ts";

/** Asks the database until the first account exists; from then on the answer is known. */
export function watchFirstRun(database: Database, shutdown: Shutdown): () => Promise<boolean> {
  const sql = openPool(database.gatewayUrl, { max: 1, idle_timeout: 5 });
  shutdown.add(() => sql.end({ timeout: 1 }));
  let first = true;
  return async () => {
    if (first) first = (await sql`select from auth.users limit 1`).length === 0;
    return first;
  };
}
