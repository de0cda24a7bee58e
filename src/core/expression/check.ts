// Checks an expression against the schemas of the values it names, and says what it gives.
// Conservative: an operand that may fit is let through; only what can never work is refused.
import type { Schema } from "../json.ts";
import { didYouMean } from "../nearest.ts";
import { describeSchema, fits, whyNot } from "../ports.ts";
import { fieldNames, fieldOf, isSchema, schemaOfJson, unionOf, variantsOf } from "../schema-type.ts";
import { libraryObjection } from "./evaluate.ts";
import { describeKinds, kindsOf, mayBe, type CelKind } from "./kinds.ts";
import { resultOf } from "./operators.ts";
import { overloadsOf, signatures } from "./signatures.ts";
import {
  ExpressionError,
  isBind,
  isLoop,
  parseExpression,
  type ASTNode,
  type ExpressionProblem,
} from "./syntax.ts";

/** Values an expression may name, by root; a root that is not listed does not exist. */
export type Roots = Readonly<Record<string, Schema>>;

export type Checked = { type: Schema } | { error: ExpressionProblem };

/** `lenient`: a field the schema does not have is absent rather than a mistake, as inside has() and default(). */
interface Scope {
  roots: ReadonlyMap<string, Schema>;
  lenient: boolean;
}

/**
 * @param roots what may be named, as JSON Schemas
 * @param want  the schema the result must be able to fit
 * @returns     the schema of the result, or the first problem with its place in the source
 */
export function checkExpression(source: string, roots: Roots, want?: Schema): Checked {
  try {
    const node = parseExpression(source);
    const type = typeOf(node, { roots: new Map(Object.entries(roots)), lenient: false });
    if (want && fits(type, want) === "no")
      fail(
        "expr.type",
        `The expression gives ${describeSchema(type)}, and ${describeSchema(want)} is needed.`,
        whyNot(type, want),
        node,
      );
    const objection = libraryObjection(source);
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

function fail(code: ExpressionProblem["code"], message: string, hint: string, node: ASTNode): never {
  throw new ExpressionError({
    code,
    message,
    hint: hint === "" ? "Check the types of the values it works on." : hint,
    position: node.pos,
    end: node.end,
  });
}

const boolean: Schema = { type: "boolean" };

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
  const schema = roots.get(node.args);
  if (schema) return schema;
  return fail(
    "ref.unknown",
    `There is no ${node.args} here.`,
    didYouMean(node.args, [...roots.keys()], "Name input, vars, steps, run or trigger."),
    node,
  );
}

function typeOfField(parent: Schema, name: string, node: ASTNode, scope: Scope): Schema {
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

function itemsOf(list: Schema): Schema {
  const variants = variantsOf(list);
  if (variants === null) return {};
  return unionOf(
    variants
      .filter(({ type }) => type === "array")
      .map(({ schema }) => (isSchema(schema.items) ? schema.items : {})),
  );
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

function expect(kind: CelKind, node: ASTNode, what: string, scope: Scope): Schema {
  const type = typeOf(node, scope);
  if (!mayBe(kindsOf(type), kind))
    fail(
      "expr.type",
      `${what} is ${describeSchema(type)}, and ${describeKinds(new Set([kind]))} is needed.`,
      "",
      node,
    );
  return type;
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
  const [left, right] = node.args
    .map((side) => typeOf(side, scope))
    .map((schema) => ({ schema, kinds: kindsOf(schema) }));
  const result = left && right ? resultOf(node.op, left, right) : {};
  if (result) return result;
  const text =
    node.op === "+" && [left, right].some((side) => side && side.kinds !== "any" && side.kinds.has("string"));
  return fail(
    "expr.type",
    `${node.op} does not work on ${describeKinds(left?.kinds ?? "any")} and ${describeKinds(right?.kinds ?? "any")}.`,
    text ? "Turn the other side into text with string()." : "Both sides need the same type.",
    node,
  );
}

function typeOfCall(node: ASTNode & { op: "call" }, scope: Scope): Schema {
  const [name, args] = node.args;
  const [first, second] = args;
  if (name === "has" && first && args.length === 1) {
    if (first.op !== ".")
      return fail("expr.syntax", "has() takes a path that ends in a field.", "Write has(input.total).", node);
    typeOf(first, { ...scope, lenient: true });
    return boolean;
  }
  if (name === "default" && first && second && args.length === 2) {
    const [value, fallback] = [typeOf(first, { ...scope, lenient: true }), typeOf(second, scope)];
    return unionOf([withoutNull(value), fallback]);
  }
  const types = args.map((argument) => typeOf(argument, scope));
  const overloads = overloadsOf(name, false);
  const match = overloads.find(
    ({ params }) =>
      params.length === types.length && types.every((type, n) => mayBe(kindsOf(type), params[n] ?? null)),
  );
  if (!match) return noFunction(name, types, undefined, node);
  if (match.gives === "arguments")
    return unionOf(types.map((type, n) => (n < types.length - 1 ? withoutNull(type) : type)));
  return match.returns;
}

function withoutNull(schema: Schema): Schema {
  const variants = variantsOf(schema);
  if (!variants?.some(({ type }) => type === "null")) return schema;
  const rest = variants.filter(({ type }) => type !== "null");
  return unionOf(
    rest.map(({ type, values, schema: own }): Schema => (values ? { enum: [...values] } : { ...own, type })),
  );
}

function typeOfMethod(node: ASTNode & { op: "rcall" }, scope: Scope): Schema {
  if (isBind(node)) return typeOfBind(node, scope);
  const [name, receiverNode, args] = node.args;
  const receiver = typeOf(receiverNode, scope);
  if (isLoop(node)) return typeOfLoop(node, receiver, scope);
  const types = args.map((argument) => typeOf(argument, scope));
  const match = overloadsOf(name, true).find(
    (one) =>
      one.params.length === types.length &&
      mayBe(kindsOf(receiver), one.receiver ?? null) &&
      types.every((type, n) => mayBe(kindsOf(type), one.params[n] ?? null)),
  );
  if (!match) return noFunction(name, types, receiver, node);
  if (match.gives === "item") return unionOf([itemsOf(receiver), { type: "null" }]);
  if (match.gives === "list") return { type: "array", items: itemsOf(receiver) };
  if (match.gives === "items") return { type: "array", items: itemsOf(itemsOf(receiver)) };
  return match.returns;
}

function typeOfBind(node: ASTNode & { op: "rcall" }, scope: Scope): Schema {
  const [variable, value, body] = node.args[2];
  if (variable?.op !== "id" || !value || !body)
    return fail("expr.syntax", "cel.bind takes a name, a value and an expression.", "", node);
  return typeOf(body, bound(scope, variable.args, typeOf(value, scope)));
}

function bound(scope: Scope, name: string, type: Schema): Scope {
  return { ...scope, roots: new Map(scope.roots).set(name, type) };
}

function typeOfLoop(node: ASTNode & { op: "rcall" }, receiver: Schema, scope: Scope): Schema {
  const [name, receiverNode, [variable, ...bodies]] = node.args;
  const kinds = kindsOf(receiver);
  if (!mayBe(kinds, "list") && !mayBe(kinds, "map"))
    return fail(
      "expr.type",
      `${name}() goes over a list, and this is ${describeSchema(receiver)}.`,
      "",
      receiverNode,
    );
  if (variable?.op !== "id")
    return fail("expr.syntax", `${name}() takes a name first.`, `Write ${name}(x, …).`, node);
  const item =
    kinds === "any"
      ? {}
      : unionOf([
          ...(kinds.has("list") ? [itemsOf(receiver)] : []),
          ...(kinds.has("map") ? [{ type: "string" }] : []),
        ]);
  const inner = bound(scope, variable.args, item);
  const last = bodies.at(-1);
  if (name !== "map") for (const body of bodies) expect("bool", body, `The condition of ${name}()`, inner);
  else if (bodies.length === 2 && bodies[0]) expect("bool", bodies[0], "The condition of map()", inner);
  if (name === "filter") return { type: "array", items: item };
  return name === "map" && last ? { type: "array", items: typeOf(last, inner) } : boolean;
}

function noFunction(name: string, types: Schema[], receiver: Schema | undefined, node: ASTNode): never {
  const same = overloadsOf(name, receiver !== undefined);
  if (same.length === 0 && overloadsOf(name, receiver === undefined).length > 0)
    return fail(
      "expr.type",
      receiver ? `${name}() is not called on a value.` : `${name}() is called on a value.`,
      receiver ? `Write ${name}(value).` : `Write value.${name}().`,
      node,
    );
  if (same.length === 0) {
    const known = [
      ...new Set(
        signatures
          .filter((one) => (one.receiver !== undefined) === (receiver !== undefined))
          .map((one) => one.name),
      ),
    ];
    return fail(
      "expr.type",
      `There is no function ${name}().`,
      didYouMean(name, known, "Open the list of functions for what there is."),
      node,
    );
  }
  const given = types.map(describeSchema).join(", ");
  const on = receiver ? ` on ${describeSchema(receiver)}` : "";
  const takes = same.map(
    (one) =>
      `${one.receiver ? `${describeKinds(new Set([one.receiver]))}.` : ""}${name}(${one.params.map((param) => describeKinds(param ? new Set([param]) : "any")).join(", ")})`,
  );
  return fail(
    "expr.type",
    `${name}(${given})${on} does not work.`,
    `It works as ${[...new Set(takes)].slice(0, 3).join("; ")}.`,
    node,
  );
}
