/** Refusals that the caller is told about anyway: wrong values, broken constraints, missing rights, raised on purpose. */
const ORDINARY = /^(22|23|42501|P0001|PGRST|PT|RB|ERR_JW)/;

/** The database went away, as the driver says it. */
const LOST = /^(CONNECT|ECONN|EPIPE)/;

let mended = false;

/**
 * @supabase/lite prints every failed statement with its stack and its details, which quote the row: a log full of
 * ordinary refusals, with people's data in it. From now on refusals are not printed, and other database errors are one
 * line without the row.
 */
export function mendErrorLog(): void {
  if (mended) return;
  mended = true;
  const print = console.error.bind(console);
  console.error = (...args: unknown[]) => {
    const failed = args.find(isStatementError);
    if (!failed) return print(...args);
    if (failed.relation === undefined && !ORDINARY.test(failed.code))
      print(LOST.test(failed.code) ? `rest: ${failed.message}` : `rest: ${failed.code} ${failed.message}`);
  };
}

interface StatementError {
  readonly code: string;
  readonly message: string;
  /** Set when lite did not find a table or view of that name. */
  readonly relation?: unknown;
}

function isStatementError(value: unknown): value is StatementError {
  if (!(value instanceof Error)) return false;
  if ("relation" in value && "schema" in value) return true;
  return (
    "code" in value &&
    typeof value.code === "string" &&
    ("severity" in value || LOST.test(value.code) || value.code.startsWith("ERR_JW"))
  );
}
