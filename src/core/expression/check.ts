// Checks an expression against the schemas of the values it names, and says what it gives.
// Conservative: an operand that may fit is let through; only what can never work is refused.
import type { Schema } from "../json.ts";
import { didYouMean } from "../nearest.ts";
import { describeSchema, fits, whyNot } from "../ports.ts";
import { fieldNames, fieldOf, plainField, schemaOfJson, unionOf, variantsOf } from "../schema-type.ts";
import { libraryObjection } from "./evaluate.ts";
import { typeOfCall, typeOfMethod } from "./check-calls.ts";
import { boolean, expect, fail, itemsOf, type Roots, type Scope } from "./check-scope.ts";
import { describeKinds, kindsOf, mayBe } from "./kinds.ts";
import { resultOf, type Operand } from "./operators.ts";
import { plainPath, type PlainPath } from "./plain-path.ts";
import { isSurelyAccepted } from "./surely-accepted.ts";
import { ExpressionError, parseExpression, type ASTNode, type ExpressionProblem } from "./syntax.ts";

export type { Roots } from "./check-scope.ts";

export type Checked = { type: Schema } | { error: ExpressionProblem };

/**
 * @param roots what may be named, as JSON Schemas
 * @param want  the schema the result must be able to fit
 * @returns     the schema of the result, or the first problem with its place in the source
 */
export function checkExpression(source: string, roots: Roots, want?: Schema): Checked {
  const path = want ? null : plainPath(source);
  const plain = path && typeOfPlainPath(path, roots);
  if (plain) return { type: plain };
  try {
    const node = parseExpression(source);
    const type = typeOf(node, { roots, lenient: false, typeOf });
    if (want && fits(type, want) === "no")
      fail(
        "expr.type",
        `The expression gives ${describeSchema(type)}, and ${describeSchema(want)} is needed.`,
        whyNot(type, want),
        node,
      );
    const objection = isSurelyAccepted(node) ? null : libraryObjection(source);
    if (objection)
      fail(
        "expr.type",
        `The expression does not check: ${objection}.`,
        "Check the types of the values it works on.",
        node,
      );
    return { type };
  } catch (error) {
    if (error instanceof ExpressionError) return { error: error.problem };
    throw error;
  }
}

/** Null where a closer look is needed, or there is something to report. */
function typeOfPlainPath({ root, segments }: PlainPath, roots: Roots): Schema | null {
  let type = Object.hasOwn(roots, root) ? (roots[root] ?? null) : null;
  for (const segment of segments) type = type && plainField(type, segment);
  return type;
}

function typeOf(node: ASTNode, scope: Scope): Schema {
  switch (node.op) {
    case "value":
      return typeOfLiteral(node);
    case "id":
      return typeOfName(node, scope);
    case ".":
      return typeOfField(typeOf(node.args[0], scope), node.args[1], node, scope);
    case "[]":
      return typeOfIndex(node, scope);
    case "call":
      return typeOfCall(node, scope);
    case "rcall":
      return typeOfMethod(node, scope);
    case "list":
      return { type: "array", items: unionOf(node.args.map((item) => typeOf(item, scope))) };
    case "map":
      return typeOfObject(node, scope);
    case "?:":
      expect("bool", node.args[0], "The condition", scope);
      return unionOf([typeOf(node.args[1], scope), typeOf(node.args[2], scope)]);
    case "||":
    case "&&":
      for (const side of node.args) expect("bool", side, `A side of ${node.op}`, scope);
      return boolean;
    case "!_":
      expect("bool", node.args, "What ! turns around", scope);
      return boolean;
    case "-_":
      return expect("number", node.args, "What - negates", scope);
    case "==":
    case "!=":
      for (const side of node.args) typeOf(side, scope);
      return boolean;
    case "in":
      return typeOfIn(node, scope);
    case ".?":
    case "[?]":
      return fail(
        "expr.syntax",
        "Optional access with .? is not available.",
        "Use default(path, value) or has(path).",
        node,
      );
    default:
      return typeOfBinary(node, scope);
  }
}

function typeOfLiteral(node: ASTNode & { op: "value" }): Schema {
  const value = node.args;
  if (typeof value === "bigint") return { type: "integer" };
  if (value instanceof Uint8Array) return { "x-cel": "bytes" };
  if (typeof value === "object" && value !== null)
    return fail("expr.type", "Unsigned numbers are not available.", "Write the number without u.", node);
  return typeof value === "number" ? { type: "number" } : schemaOfJson(value);
}

function typeOfName(node: ASTNode & { op: "id" }, { roots }: Scope): Schema {
  const schema = Object.hasOwn(roots, node.args) ? roots[node.args] : undefined;
  if (schema) return schema;
  return fail(
    "ref.unknown",
    `There is no ${node.args} here.`,
    didYouMean(node.args, Object.keys(roots), "Name input, vars, steps, run or trigger."),
    node,
  );
}

function typeOfField(parent: Schema, name: string, node: ASTNode, scope: Scope): Schema {
  const plain = plainField(parent, name);
  if (plain) return plain;
  const variants = variantsOf(parent);
  if (variants === null)
    return kindsOf(parent) === "any"
      ? {}
      : fail(
          "expr.type",
          `${describeKinds(kindsOf(parent))} has no field ${name}.`,
          "Call one of its methods instead.",
          node,
        );
  const objects = variants.filter(({ type }) => type === "object");
  if (objects.length === 0)
    return fail(
      "expr.type",
      `${describeSchema(parent)} has no field ${name}.`,
      "Only objects have fields; lists are indexed with [0].",
      node,
    );
  const found = objects.map((variant) => fieldOf(variant, name));
  if (found.includes(null)) return {};
  const fields = found.filter((field) => field !== "unknown" && field !== null);
  if (fields.length > 0) return unionOf(fields);
  if (scope.lenient) return {};
  const names = fieldNames(parent);
  return fail(
    "ref.unknown",
    `There is no field ${name} here.`,
    didYouMean(name, names, "The value has no such field."),
    node,
  );
}

function typeOfIndex(node: ASTNode & { op: "[]" }, scope: Scope): Schema {
  const [holder, index] = node.args;
  const parent = typeOf(holder, scope);
  if (index.op === "value" && typeof index.args === "string")
    return typeOfField(parent, index.args, index, scope);
  const [kinds, by] = [kindsOf(parent), kindsOf(typeOf(index, scope))];
  if (!mayBe(kinds, "list") && !mayBe(kinds, "map"))
    return fail(
      "expr.type",
      `${describeSchema(parent)} cannot be indexed.`,
      "Only lists and objects can.",
      node,
    );
  if (!(mayBe(kinds, "list") && mayBe(by, "number")) && !(mayBe(kinds, "map") && mayBe(by, "string")))
    return fail(
      "expr.type",
      `${describeSchema(parent)} cannot be indexed with ${describeKinds(by)}.`,
      "Lists take a position, objects take a name.",
      index,
    );
  return mayBe(kinds, "map") ? {} : itemsOf(parent);
}

function typeOfObject(node: ASTNode & { op: "map" }, scope: Scope): Schema {
  const properties: { [name: string]: Schema } = {};
  let open = false;
  for (const [key, value] of node.args) {
    const type = typeOf(value, scope);
    if (key.op === "value" && typeof key.args === "string" && key.args !== "__proto__")
      properties[key.args] = type;
    else {
      expect("string", key, "The name of a field", scope);
      open = true;
    }
  }
  return open
    ? { type: "object" }
    : { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

function typeOfIn(node: ASTNode & { op: "in" }, scope: Scope): Schema {
  typeOf(node.args[0], scope);
  const holder = typeOf(node.args[1], scope);
  const kinds = kindsOf(holder);
  if (!mayBe(kinds, "list") && !mayBe(kinds, "map") && !mayBe(kinds, "string"))
    return fail(
      "expr.type",
      `in needs a list or an object on its right, not ${describeSchema(holder)}.`,
      "",
      node.args[1],
    );
  return boolean;
}

function typeOfBinary(node: ASTNode & { args: [ASTNode, ASTNode] }, scope: Scope): Schema {
  const [left, right] = [operandOf(node.args[0], scope), operandOf(node.args[1], scope)];
  const result = resultOf(node.op, left, right);
  if (result) return result;
  const text = node.op === "+" && [left, right].some(({ kinds }) => kinds !== "any" && kinds.has("string"));
  return fail(
    "expr.type",
    `${node.op} does not work on ${describeKinds(left.kinds)} and ${describeKinds(right.kinds)}.`,
    text ? "Turn the other side into text with string()." : "Both sides need the same type.",
    node,
  );
}

function operandOf(node: ASTNode, scope: Scope): Operand {
  const schema = typeOf(node, scope);
  return { schema, kinds: kindsOf(schema) };
}
