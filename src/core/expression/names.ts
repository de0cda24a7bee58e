// Which values an expression looks at, as paths.
import type { Path } from "../binding.ts";
import { formatPath, type PathParts } from "./path.ts";
import { plainPath } from "./plain-path.ts";
import { childrenOf, isBind, isLoop, parseExpression, type ASTNode } from "./syntax.ts";

/** `start` and `end` are offsets into the source. A name inside `has()` or `default()` is optional: it may be absent. */
export interface NamedPath extends PathParts {
  start: number;
  end: number;
}

const emptyNames: ReadonlySet<string> = new Set();

/**
 * Every outside value an expression names, longest static path first seen, in source order.
 * @throws ExpressionError when the source does not parse
 */
export function pathsIn(source: string): readonly NamedPath[] {
  const plain = plainPath(source);
  if (plain) return [plain];
  const known = named.get(source);
  if (known) return known;
  const found: NamedPath[] = [];
  collect(parseExpression(source), emptyNames, false, found);
  if (named.size > 5_000) named.clear();
  named.set(source, found);
  return found;
}

const named = new Map<string, readonly NamedPath[]>();

/** The paths an expression names, without repeats; `[]` when it does not parse. */
export function namesIn(source: string): Path[] {
  try {
    return [...new Set(pathsIn(source).map(formatPath))];
  } catch {
    return [];
  }
}

function collect(node: ASTNode, bound: ReadonlySet<string>, optional: boolean, found: NamedPath[]): void {
  const path = staticPath(node);
  if (path) {
    if (!bound.has(path.root)) found.push({ ...path, optional, start: node.start, end: node.end });
    return;
  }
  if (node.op === "rcall" && (isLoop(node) || isBind(node)))
    return collectScoped(node, bound, optional, found);
  if (node.op === "call" && (node.args[0] === "has" || node.args[0] === "default")) {
    node.args[1].forEach((argument, n) => collect(argument, bound, n === 0 || optional, found));
    return;
  }
  for (const child of childrenOf(node)) collect(child, bound, optional, found);
}

function collectScoped(
  node: ASTNode & { op: "rcall" },
  bound: ReadonlySet<string>,
  optional: boolean,
  found: NamedPath[],
): void {
  const [, receiver, [variable, ...rest]] = node.args;
  const inner = new Set(bound);
  if (variable?.op === "id") inner.add(variable.args);
  if (isLoop(node)) {
    collect(receiver, bound, optional, found);
    for (const argument of rest) collect(argument, inner, optional, found);
    return;
  }
  const [value, body] = rest;
  if (value) collect(value, bound, optional, found);
  if (body) collect(body, inner, optional, found);
}

/** The whole chain of fields and constant indices a node is, or null when something is computed on the way. */
export function staticPath(node: ASTNode): PathParts | null {
  if (node.op === "id") return { root: node.args, segments: [], optional: false };
  if (node.op === ".") {
    const parent = staticPath(node.args[0]);
    return parent && { ...parent, segments: [...parent.segments, node.args[1]] };
  }
  if (node.op !== "[]" || node.args[1].op !== "value") return null;
  const key = node.args[1].args;
  const parent = staticPath(node.args[0]);
  if (!parent) return null;
  if (typeof key === "string") return { ...parent, segments: [...parent.segments, key] };
  return typeof key === "bigint" && key >= 0n && key < 1_000_000_000n
    ? { ...parent, segments: [...parent.segments, Number(key)] }
    : null;
}

/**
 * Paths that cover the given ones: a value already inside another is left out.
 * @param paths as formatPath writes them
 * @returns     sorted, without the trailing `?`
 */
export function coveringPaths(paths: readonly Path[]): Path[] {
  const [only] = paths;
  if (only === undefined) return [];
  if (paths.length === 1) return [withoutMark(only)];
  const plain = new Set(paths.map(withoutMark));
  if (plain.size < 2) return [...plain];
  const kept: Path[] = [];
  for (const path of [...plain].sort()) {
    const covered = kept.some((prefix) => path.startsWith(prefix) && /^[.[]/.test(path.slice(prefix.length)));
    if (!covered) kept.push(path);
  }
  return kept;
}

function withoutMark(path: Path): Path {
  return path.endsWith("?") ? path.slice(0, -1) : path;
}
