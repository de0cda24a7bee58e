// Writes a checked expression out again with every loop, call and sum metered, and with JSON's idea of equality.
import { isBind, isLoop, type ASTNode } from "./syntax.ts";

/** Library methods replaced by ours, because a built-in overload cannot be overridden. */
const replaced: ReadonlyMap<string, string> = new Map([
  ["join", "join__"],
  ["size", "size__"],
  ["split", "split__"],
]);

/** Methods whose numbers are positions; JSON numbers arrive as doubles and the library wants integers. */
const positional = new Set(["substring", "indexOf", "lastIndexOf", "split", "at", "timestamp"]);

/** CEL source that evaluates to the same value as the tree, within the meter. */
export function guardedSource(node: ASTNode): string {
  const write = guardedSource;
  switch (node.op) {
    case "value":
      return literal(node.args);
    case "id":
      return node.args;
    case ".":
      return `${write(node.args[0])}.${node.args[1]}`;
    case "[]":
      return `${write(node.args[0])}[${write(node.args[1])}]`;
    case "call":
      return call(node.args[0], node.args[1]);
    case "rcall":
      return method(node);
    case "list":
      return `[${node.args.map(write).join(", ")}]`;
    case "map":
      return `{${node.args.map(([key, value]) => `${write(key)}: ${write(value)}`).join(", ")}}`;
    case "?:":
      return `(${write(node.args[0])} ? dyn(${write(node.args[1])}) : dyn(${write(node.args[2])}))`;
    case "!_":
      return `(!(${write(node.args)}))`;
    case "-_":
      return `(-(${write(node.args)}))`;
    case "==":
      return `same__(${write(node.args[0])}, ${write(node.args[1])})`;
    case "!=":
      return `(!same__(${write(node.args[0])}, ${write(node.args[1])}))`;
    case "in":
      return `within__(${write(node.args[0])}, ${write(node.args[1])})`;
    case "+":
      return `held__(${write(node.args[0])} + ${write(node.args[1])})`;
    case "-":
    case "*":
    case "/":
    case "%":
    case "||":
    case "&&":
      return `(${write(node.args[0])} ${node.op} ${write(node.args[1])})`;
    case "<":
    case "<=":
    case ">":
    case ">=":
      return `(${paid(node.args[0])} ${node.op} ${paid(node.args[1])})`;
    default:
      return "null";
  }
}

function paid(node: ASTNode): string {
  return node.op === "value" ? guardedSource(node) : `paid__(${guardedSource(node)})`;
}

function call(name: string, args: ASTNode[]): string {
  if (name === "has") return `has(${args.map(guardedSource).join(", ")})`;
  if (name === "default") return `default(${args.map(guardedSource).join(", ")})`;
  const wrap = positional.has(name) ? position : paid;
  return `${replaced.get(name) ?? name}(${args.map(wrap).join(", ")})`;
}

function method(node: ASTNode & { op: "rcall" }): string {
  const [name, receiver, args] = node.args;
  if (isBind(node)) return `cel.bind(${args.map(guardedSource).join(", ")})`;
  if (isLoop(node)) {
    const counted = name === "exists" || name === "all" ? "tried__" : "each__";
    return `${counted}(${guardedSource(receiver)}).${name}(${args.map(guardedSource).join(", ")})`;
  }
  if (name === "size") return `size__(${guardedSource(receiver)})`;
  const wrap = positional.has(name) ? position : /^get[A-Z]/.test(name) ? slow : paid;
  return `paid__(${guardedSource(receiver)}).${replaced.get(name) ?? name}(${args.map(wrap).join(", ")})`;
}

function position(node: ASTNode): string {
  return `index__(${guardedSource(node)})`;
}

/** Time zone lookups cost about as much as 500 turns of a loop. */
function slow(node: ASTNode): string {
  return `slow__(${guardedSource(node)})`;
}

function literal(value: (ASTNode & { op: "value" })["args"]): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number")
    return Number.isFinite(value)
      ? /[.e]/.test(String(value))
        ? String(value)
        : `${value}.0`
      : `double("inf")`;
  if (value instanceof Uint8Array)
    return `b"${[...value].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}"`;
  if (typeof value === "object" && value !== null) return `${value.value}u`;
  return String(value);
}
