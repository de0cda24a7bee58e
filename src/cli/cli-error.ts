// An answer the command line gives instead of a result: what happened, why, and what to do next.
import type { Diagnostic } from "../core/diagnostic.ts";

/** 1 is kept for a run that did not succeed; everything the caller can mend is 2. */
export type ExitCode = 1 | 2;

export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: string;
  readonly hint: string;
  readonly diagnostics: Diagnostic[];
  readonly exitCode: ExitCode;

  constructor(
    code: string,
    message: string,
    hint: string,
    more: { diagnostics?: Diagnostic[]; exitCode?: ExitCode } = {},
  ) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.diagnostics = more.diagnostics ?? [];
    this.exitCode = more.exitCode ?? 2;
  }
}

interface ServerError {
  code?: string;
  message: string;
  hint?: string | null;
}

/** Turns what the data API or an edge function said into a CliError that keeps its code, message and hint. */
export function serverError(error: ServerError): CliError {
  return new CliError(
    error.code ?? "server",
    error.message,
    error.hint ?? "Check the address with --url, then try again.",
  );
}
