// Parses CEL and refuses what cannot be bounded: this is the only door expressions come in by.
import { Environment, ParseError, type ASTNode } from "@marcbachmann/cel-js";

export type { ASTNode } from "@marcbachmann/cel-js";

/** `position` and `end` are offsets into the source; `code` is a diagnostic code. */
export interface ExpressionProblem {
  code: "expr.syntax" | "expr.type" | "expr.limit" | "ref.unknown";
  message: string;
  hint: string;
  position: number;
  end: number;
}

export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  readonly problem: ExpressionProblem;
  constructor(problem: ExpressionProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** The macros that loop, with the number of arguments each takes. */
export const loops: ReadonlyMap<string, readonly number[]> = new Map([
  ["all", [2]],
  ["exists", [2]],
  ["exists_one", [2]],
  ["map", [2, 3]],
  ["filter", [2]],
]);

export function isLoop(node: ASTNode): boolean {
  return node.op === "rcall" && (loops.get(node.args[0])?.includes(node.args[2].length) ?? false);
}

/** `cel.bind(name, value, body)`. */
export function isBind(node: ASTNode): boolean {
  return (
    node.op === "rcall" &&
    node.args[0] === "bind" &&
    node.args[1].op === "id" &&
    node.args[1].args === "cel" &&
    node.args[2].length === 3
  );
}

const reader = new Environment({
  unlistedVariablesAreDyn: true,
  limits: {
    maxAstNodes: 2_000,
    maxDepth: 60,
    maxListElements: 500,
    maxMapEntries: 500,
    maxCallArguments: 12,
  },
});

const parsed = new Map<string, ASTNode | ExpressionError>();

/**
 * The syntax tree as written (macros not expanded).
 * @throws ExpressionError with the place and what to write instead
 */
export function parseExpression(source: string): ASTNode {
  const known = parsed.get(source);
  if (known instanceof ExpressionError) throw known;
  if (known) return known;
  if (parsed.size > 5_000) parsed.clear();
  try {
    const node = reader.parse(source).ast;
    refuse(node, 0);
    parsed.set(source, node);
    return node;
  } catch (cause) {
    const error = cause instanceof ExpressionError ? cause : syntaxError(cause, source);
    parsed.set(source, error);
    throw error;
  }
}

function syntaxError(cause: unknown, source: string): ExpressionError {
  const { start, end } =
    cause instanceof ParseError && cause.range ? cause.range : { start: 0, end: source.length };
  const summary = cause instanceof ParseError ? cause.summary : "it could not be read";
  const limit = /exceeded|limit/i.test(summary);
  return new ExpressionError({
    code: limit ? "expr.limit" : "expr.syntax",
    message: source.trim() === "" ? "The expression is empty." : `The expression cannot be read: ${summary}.`,
    hint: limit
      ? "Split it into several steps."
      : "Check quotes and brackets near this place; words such as in or true cannot follow a dot.",
    position: Math.min(start, source.length),
    end: Math.min(Math.max(end, start), source.length),
  });
}

function refuse(node: ASTNode, depth: number): void {
  const fail = (message: string, hint: string): never => {
    throw new ExpressionError({ code: "expr.limit", message, hint, position: node.start, end: node.end });
  };
  if (node.op === "rcall" && node.args[0] === "matches")
    fail(
      "matches() is not available: a regular expression has no bound on its time.",
      "Use contains(), startsWith(), endsWith() or glob().",
    );
  if ((node.op === "id" || node.op === "call" || node.op === "rcall") && nameOf(node).endsWith("__"))
    fail(`${nameOf(node)} is kept for the evaluator.`, "Use another name.");
  const inside = isLoop(node) ? depth + 1 : depth;
  if (inside > 2)
    fail("Loops are nested more than two deep.", "Use a map for the outer loop, or flatten() first.");
  if (node.op === "rcall" && isLoop(node)) {
    refuse(node.args[1], depth);
    for (const argument of node.args[2]) refuse(argument, inside);
  } else for (const child of childrenOf(node)) refuse(child, depth);
}

function nameOf(node: ASTNode & { op: "id" | "call" | "rcall" }): string {
  return node.op === "id" ? node.args : node.args[0];
}

/** The nodes directly below one, in source order. */
export function childrenOf(node: ASTNode): ASTNode[] {
  switch (node.op) {
    case "value":
    case "id":
      return [];
    case ".":
    case ".?":
      return [node.args[0]];
    case "call":
      return node.args[1];
    case "rcall":
      return [node.args[1], ...node.args[2]];
    case "map":
      return node.args.flat();
    case "!_":
    case "-_":
      return [node.args];
    default:
      return [...node.args];
  }
}
