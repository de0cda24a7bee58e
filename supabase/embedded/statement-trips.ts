// Fewer waits for the database on a connection another library uses.
import type postgres from "postgres";

type Sql = postgres.Sql;
type Reserved = postgres.ReservedSql;
type Unsafe = Reserved["unsafe"];

/** Begins a statement that must follow `begin` and precede whatever the caller asked for. */
export const SETTINGS_MARK = "/* settings */";

/** Each connection that prepares a statement keeps it in memory, so only so many different ones are. */
const MAX_PREPARED = 100;
/** How many texts are remembered to tell which come back. */
const MAX_SEEN = 1_000;

/**
 * Prepares the statements that come back, as PostgREST does; one that is not prepared costs two waits, one to be described and one to be
 * executed. And `begin` is sent together with the settings that follow it. What follows the settings is sent when both have succeeded.
 */
export function hasten(driver: Sql): void {
  const recurring = new RecurringTexts();
  const reserve = driver.reserve.bind(driver);
  driver.reserve = async () => {
    const reserved = await reserve();
    reserved.unsafe = hastenUnsafe(reserved.unsafe, recurring);
    return reserved;
  };
}

function hastenUnsafe(send: Unsafe, recurring: RecurringTexts): Unsafe {
  let opening: Promise<unknown> | undefined;
  return ((text: string, values: Parameters<Unsafe>[1] = []) => {
    if (text === "begin") {
      opening = send(text).execute();
      // Whoever sends the next statement is told.
      opening.catch(() => {});
      return Promise.resolve([]);
    }
    const statement = send(text, values, { prepare: recurring.isRecurring(text, values) });
    if (!opening) return statement;
    const begun = opening;
    opening = undefined;
    return text.startsWith(SETTINGS_MARK)
      ? Promise.all([begun, statement.execute()]).then(([, rows]) => rows)
      : begun.then(() => statement);
  }) as Unsafe;
}

/** Which statements came before, by text and kinds of values, both of which make a prepared statement another one. */
class RecurringTexts {
  readonly #seen = new Set<string>();
  readonly #recurring = new Set<string>();

  isRecurring(text: string, values: readonly unknown[]): boolean {
    if (values.length === 0) return false;
    const key = `${text} ${values.map((value) => (Array.isArray(value) ? "array" : typeof value)).join()}`;
    if (this.#recurring.has(key)) return true;
    if (this.#recurring.size >= MAX_PREPARED) return false;
    if (this.#seen.has(key)) {
      this.#seen.delete(key);
      this.#recurring.add(key);
      return true;
    }
    this.#seen.add(key);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= MAX_SEEN) break;
      this.#seen.delete(oldest);
    }
    return false;
  }
}
