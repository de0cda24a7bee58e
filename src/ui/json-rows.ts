// Turns a JSON value into the rows a tree shows, given what is open and what is searched for.
import type { Json } from "../core/json.ts";

export interface JsonRow {
  /** In the notation of bindings: `body.items[0]["a b"]`; "" for the value itself. */
  path: string;
  depth: number;
  /** Field name or index; absent at the root. */
  name: string | number | undefined;
  value: Json;
  /** How many entries an object or array has; undefined for scalars. */
  size: number | undefined;
  open: boolean;
  matches: boolean;
}

/** Objects and arrays larger than this start closed below the root. */
export const largeFrom = 30;

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** @returns the path of a field or index of the value at `path` */
export function childPath(path: string, name: string | number): string {
  if (typeof name === "number") return `${path}[${name}]`;
  if (!plainName.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

function entriesOf(value: Json): [string | number, Json][] | undefined {
  if (Array.isArray(value)) return value.map((item, index) => [index, item]);
  if (value !== null && typeof value === "object") return Object.entries(value);
  return undefined;
}

function textMatches(name: string | number | undefined, value: Json, wanted: string): boolean {
  if (typeof name === "string" && name.toLowerCase().includes(wanted)) return true;
  return (value === null || typeof value !== "object") && String(value).toLowerCase().includes(wanted);
}

/**
 * @param toggled  paths whose open state differs from the default
 * @param search   matching rows and the way to them are kept; "" keeps all
 */
export function jsonRows(root: Json, toggled: ReadonlySet<string>, search = ""): JsonRow[] {
  const wanted = search.trim().toLowerCase();
  const walk = (value: Json, name: string | number | undefined, path: string, depth: number): JsonRow[] => {
    const entries = entriesOf(value);
    const matches = wanted !== "" && textMatches(name, value, wanted);
    const openByDefault = depth === 0 || (depth < 3 && (entries?.length ?? 0) <= largeFrom);
    const open = entries !== undefined && entries.length > 0 && openByDefault !== toggled.has(path);
    const row: JsonRow = { path, depth, name, value, size: entries?.length, open, matches };
    if (wanted === "") {
      return open
        ? [row, ...entries.flatMap(([key, child]) => walk(child, key, childPath(path, key), depth + 1))]
        : [row];
    }
    const below = (entries ?? []).flatMap(([key, child]) =>
      walk(child, key, childPath(path, key), depth + 1),
    );
    if (below.length === 0) return matches ? [{ ...row, open: false }] : [];
    return [{ ...row, open: true }, ...below];
  };
  return walk(root, undefined, "", 0);
}
