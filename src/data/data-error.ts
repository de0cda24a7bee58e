// Everything that can go wrong between the browser and the server, as one typed error.

/** `message` says what happened and why, `hint` what to do next. */
export class DataError extends Error {
  override readonly name: string = "DataError";
  /** `offline`, `database_away`, `session_expired`, an RB code from the database, or a code from an edge function. */
  readonly code: string;
  readonly hint: string;
  /** Raw text for the folded part of an error panel. */
  readonly detail: string | undefined;

  constructor(code: string, message: string, hint = "", detail?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.detail = detail;
  }
}

const offlineHint = "Check that Runboard is running and that you are connected, then try again.";

/** What the Supabase client says when something failed; all of its services share these fields. */
export interface ServiceError {
  message: string;
  code?: string | null;
  hint?: string | null;
  details?: string | null;
  status?: number;
}

function looksOffline(error: ServiceError): boolean {
  return /failed to fetch|networkerror|load failed|fetch failed|network request failed/i.test(error.message);
}

/** @returns the error in our words; codes of the database stay as they are */
export function dataErrorOf(error: ServiceError): DataError {
  if (looksOffline(error))
    return new DataError("offline", "Runboard could not be reached.", offlineHint, error.message);
  const code = error.code ?? "";
  if (/^PGRST00[0-3]$/.test(code))
    return new DataError(
      "database_away",
      "The database does not answer.",
      "Nothing is lost; try again in a moment.",
    );
  if (code === "PGRST301" || code === "PGRST303" || code === "RB401" || /jwt expired/i.test(error.message)) {
    return new DataError(
      "session_expired",
      "Your session has ended.",
      "Sign in again to go on.",
      error.message,
    );
  }
  if (code === "42501") {
    return new DataError(
      code,
      "Your role does not allow this.",
      "Ask an owner of the workspace.",
      error.message,
    );
  }
  return new DataError(code || "unknown", error.message, error.hint ?? "", error.details ?? undefined);
}

/** True for what passes by itself, and is worth asking for again. */
export function isPassing(error: unknown): boolean {
  return error instanceof DataError && (error.code === "offline" || error.code === "database_away");
}

/** @returns anything thrown, as a {@link DataError} */
export function asDataError(thrown: unknown): DataError {
  if (thrown instanceof DataError) return thrown;
  if (thrown instanceof Error) return dataErrorOf({ message: thrown.message });
  return new DataError("unknown", String(thrown));
}
