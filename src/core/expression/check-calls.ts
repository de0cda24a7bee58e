// Checks calls: functions, methods, loops and bindings of a name.
import type { Schema } from "../json.ts";
import { didYouMean } from "../nearest.ts";
import { describeSchema } from "../ports.ts";
import { unionOf, variantsOf } from "../schema-type.ts";
import { boolean, bound, expect, fail, itemsOf, type Scope } from "./check-scope.ts";
import { describeKinds, kindsOf, mayBe } from "./kinds.ts";
import { overloadsOf, signatures } from "./signatures.ts";
import { isBind, isLoop, type ASTNode } from "./syntax.ts";

export function typeOfCall(node: ASTNode & { op: "call" }, scope: Scope): Schema {
  const [name, args] = node.args;
  const [first, second] = args;
  if (name === "has" && first && args.length === 1) {
    if (first.op !== ".")
      return fail("expr.syntax", "has() takes a path that ends in a field.", "Write has(input.total).", node);
    scope.typeOf(first, { ...scope, lenient: true });
    return boolean;
  }
  if (name === "default" && first && second && args.length === 2) {
    const [value, fallback] = [scope.typeOf(first, { ...scope, lenient: true }), scope.typeOf(second, scope)];
    return unionOf([withoutNull(value), fallback]);
  }
  const types = args.map((argument) => scope.typeOf(argument, scope));
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

export function typeOfMethod(node: ASTNode & { op: "rcall" }, scope: Scope): Schema {
  if (isBind(node)) return typeOfBind(node, scope);
  const [name, receiverNode, args] = node.args;
  const receiver = scope.typeOf(receiverNode, scope);
  if (isLoop(node)) return typeOfLoop(node, receiver, scope);
  const types = args.map((argument) => scope.typeOf(argument, scope));
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
  return scope.typeOf(body, bound(scope, variable.args, scope.typeOf(value, scope)));
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
  return name === "map" && last ? { type: "array", items: scope.typeOf(last, inner) } : boolean;
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
