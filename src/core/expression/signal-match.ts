// The restricted form of a signal's condition: equalities joined by &&, which the database can test without CEL.
import { pathsIn, staticPath } from "./names.ts";
import { parseExpression, type ASTNode } from "./syntax.ts";

/** The signal's value at `path` must equal what `expr` gives when the wait begins. */
export interface SignalMatch {
  path: string[];
  expr: string;
}

/**
 * Takes a condition such as `signal.order == input.order && signal.kind == "paid"` apart.
 * @returns null when it has another form, or does not parse
 */
export function signalMatches(source: string): SignalMatch[] | null {
  try {
    const parts = conjuncts(parseExpression(source)).map((part) => equality(part, source));
    return parts.every((part) => part !== null) ? parts : null;
  } catch {
    return null;
  }
}

function conjuncts(node: ASTNode): ASTNode[] {
  return node.op === "&&" ? node.args.flatMap(conjuncts) : [node];
}

function equality(node: ASTNode, source: string): SignalMatch | null {
  if (node.op !== "==") return null;
  const [left, right] = node.args;
  return matchOf(left, right, source) ?? matchOf(right, left, source);
}

function matchOf(signal: ASTNode, value: ASTNode, source: string): SignalMatch | null {
  const path = staticPath(signal);
  if (path?.root !== "signal") return null;
  const expr = source.slice(value.start, value.end);
  return pathsIn(expr).some(({ root }) => root === "signal")
    ? null
    : { path: path.segments.map(String), expr };
}
