// Paths such as `steps.fetch.output.body["total"]?`: parsed once, read from a scope, never from a prototype.
import { StepError } from "../failure.ts";
import type { Json, JsonObject } from "../json.ts";

/** `optional` is the trailing `?`: null if absent. */
export interface PathParts {
  root: string;
  segments: (string | number)[];
  optional: boolean;
}

const name = /^[A-Za-z_]\w*$/;
/** Names joined by dots, as nearly all paths are. */
const names = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;
const rootName = /^[A-Za-z_][A-Za-z0-9_]*/;
const segment = /^(?:\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\])/;

/** The parts of a path, or null when the text is not one. */
export function parsePath(path: string): PathParts | null {
  const optional = path.endsWith("?");
  let rest = optional ? path.slice(0, -1) : path;
  if (names.test(rest)) {
    const [first = "", ...segments] = rest.split(".");
    return { root: first, segments, optional };
  }
  const root = rootName.exec(rest)?.[0];
  if (root === undefined) return null;
  rest = rest.slice(root.length);
  const segments: (string | number)[] = [];
  while (rest !== "") {
    const found = segment.exec(rest);
    if (!found) return null;
    const [whole, name, index, quoted] = found;
    const text = quoted === undefined ? name : unquote(quoted);
    if (index === undefined && text === undefined) return null;
    segments.push(index === undefined ? (text ?? "") : Number(index));
    rest = rest.slice(whole.length);
  }
  return { root, segments, optional };
}

function unquote(quoted: string): string | undefined {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}

/** The text of a path; the inverse of {@link parsePath}. */
export function formatPath({ root, segments, optional }: PathParts): string {
  let text = root;
  for (const part of segments) {
    if (typeof part === "number") text += `[${part}]`;
    else text += name.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
  }
  return optional ? `${text}?` : text;
}

/** The child of a JSON value, or undefined; looks at own fields only. */
export function childOf(value: Json | undefined, key: string | number): Json | undefined {
  if (Array.isArray(value)) return typeof key === "number" ? value[key] : undefined;
  if (value === null || typeof value !== "object") return undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * The value at a path of the scope; its type is kept.
 * @throws StepError `validation`/`missing_value` when it is absent and the path does not end in `?`
 */
export function readPath(path: string, scope: JsonObject): Json {
  const parts = parsePath(path);
  if (!parts)
    throw new StepError("validation", "missing_value", `"${path}" is not a path.`, {
      hint: "Write steps.<key>.output.<port>.",
    });
  let value = childOf(scope, parts.root);
  for (const part of parts.segments) value = childOf(value, part);
  if (value !== undefined) return value;
  if (parts.optional) return null;
  throw new StepError(
    "validation",
    "missing_value",
    `There is no value at ${path}: it was not set on the way this run took.`,
    {
      hint: `Write ${path}? to take null when it is absent.`,
    },
  );
}
