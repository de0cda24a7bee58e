import type { JsonRow } from "./json-rows.ts";

/** The value of one row: a scalar as written in JSON, or how many entries an object or array has. */
export function JsonScalar({ row }: { row: JsonRow }) {
  const { value, size } = row;
  if (Array.isArray(value)) return <span className="text-faint">{size === 0 ? "[]" : `[${size}]`}</span>;
  if (value !== null && typeof value === "object") {
    return <span className="text-faint">{size === 0 ? "{}" : `{${size}}`}</span>;
  }
  if (typeof value === "string") {
    return (
      <span className="text-succeeded" title={value.length > 60 ? value.slice(0, 2_000) : undefined}>
        {JSON.stringify(value)}
      </span>
    );
  }
  if (typeof value === "number") return <span className="text-running tabular">{value}</span>;
  return <span className="text-accent-ink">{String(value)}</span>;
}
