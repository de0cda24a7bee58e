// How results and errors are printed: one JSON value with --json, short text without.
import type { CliError } from "./cli-error.ts";

export interface Shown {
  json: boolean;
}

/** Prints one result: the value itself with --json, else the lines. */
export function show({ json }: Shown, value: unknown, lines: string[]): void {
  console.log(json ? JSON.stringify(value) : lines.join("\n"));
}

/** Left-aligned columns, as wide as their widest cell. */
export function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(head), ...rows.map(line)];
}

export function showError({ json }: Shown, error: CliError): void {
  const { code, message, hint, diagnostics } = error;
  if (json) {
    console.error(
      JSON.stringify({ error: { code, message, hint, ...(diagnostics.length > 0 ? { diagnostics } : {}) } }),
    );
    return;
  }
  console.error(message);
  for (const one of diagnostics)
    console.error(
      `  ${one.severity.padEnd(7)} ${one.code}${one.path === undefined ? "" : ` at ${one.path}`}: ${one.message} ${one.hint}`,
    );
  if (hint !== "") console.error(hint);
}
