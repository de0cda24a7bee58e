// Which checked expressions the library has no objection to, so that it need not be asked: asking means to write the guarded text and to
// parse that again, which costs more than everything else about an expression.
import type { ASTNode } from "./syntax.ts";

/** What the library knows of a value: nothing, as of everything that is read; or what a literal or an operator gives. */
type Known = "anything" | "integer" | "double" | "some number" | "text" | "bool";

/**
 * Paths, numbers, texts and the operators between them: comparisons, arithmetic, logic, choice.
 * @param node an expression our own check has accepted
 * @returns    false where only the library can say, as for every call
 */
export function isSurelyAccepted(node: ASTNode): boolean {
  return knownOf(node) !== null;
}

function knownOf(node: ASTNode): Known | null {
  switch (node.op) {
    case "value":
      return ofLiteral(node.args);
    case "id":
      return "anything";
    case ".":
      return knownOf(node.args[0]) === "anything" ? "anything" : null;
    case "[]":
      return knownOf(node.args[0]) === "anything" && node.args[1].op === "value" && isIndex(node.args[1].args)
        ? "anything"
        : null;
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
      return ofArithmetic(node.op, knownOf(node.args[0]), knownOf(node.args[1]));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return areComparable(knownOf(node.args[0]), knownOf(node.args[1])) ? "bool" : null;
    case "==":
    case "!=":
      return knownOf(node.args[0]) !== null && knownOf(node.args[1]) !== null ? "bool" : null;
    case "&&":
    case "||":
      return isCondition(node.args[0]) && isCondition(node.args[1]) ? "bool" : null;
    case "!_":
      return isCondition(node.args) ? "bool" : null;
    case "?:":
      return isCondition(node.args[0]) && knownOf(node.args[1]) !== null && knownOf(node.args[2]) !== null
        ? "anything"
        : null;
    default:
      return null;
  }
}

function ofLiteral(value: (ASTNode & { op: "value" })["args"]): Known | null {
  if (typeof value === "bigint") return "integer";
  if (typeof value === "number") return "double";
  if (typeof value === "string") return "text";
  return typeof value === "boolean" ? "bool" : null;
}

function isIndex(value: unknown): boolean {
  return typeof value === "bigint" || typeof value === "string";
}

/** Numbers of either sort with each other; a sum may also be of texts. What is read may be any of them. */
function ofArithmetic(operator: string, left: Known | null, right: Known | null): Known | null {
  const texts = (left === "text" ? 1 : 0) + (right === "text" ? 1 : 0);
  if (left === null || right === null || left === "bool" || right === "bool") return null;
  if (texts > 0 && (operator !== "+" || (texts === 1 && left !== "anything" && right !== "anything")))
    return null;
  // Sums go through a guard of ours, after which nothing is known of them.
  return operator === "+" ? "anything" : "some number";
}

function areComparable(left: Known | null, right: Known | null): boolean {
  if (left === null || right === null || left === "bool" || right === "bool") return false;
  return isGuarded(left) || isGuarded(right) || left === right;
}

/** What is compared goes through a guard of ours, unless it is a literal. */
function isGuarded(known: Known): boolean {
  return known === "anything" || known === "some number";
}

function isCondition(node: ASTNode): boolean {
  const known = knownOf(node);
  return known === "anything" || known === "bool";
}
