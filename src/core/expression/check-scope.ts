// What the parts of the expression check share.
import type { Schema } from "../json.ts";
import { describeSchema } from "../ports.ts";
import { isSchema, unionOf, variantsOf } from "../schema-type.ts";
import { describeKinds, kindsOf, mayBe, type CelKind } from "./kinds.ts";
import { ExpressionError, type ASTNode, type ExpressionProblem } from "./syntax.ts";

/** Values an expression may name, by root; a root that is not listed does not exist. */
export type Roots = Readonly<Record<string, Schema>>;

/** `lenient`: a field the schema does not have is absent rather than a mistake, as inside has() and default(). */
export interface Scope {
  roots: Roots;
  lenient: boolean;
  /** The check itself, which the parts call for what is below them. */
  typeOf(node: ASTNode, scope: Scope): Schema;
}

export const boolean: Schema = { type: "boolean" };

/** @throws ExpressionError at the node */
export function fail(code: ExpressionProblem["code"], message: string, hint: string, node: ASTNode): never {
  throw new ExpressionError({
    code,
    message,
    hint: hint === "" ? "Check the types of the values it works on." : hint,
    position: node.pos,
    end: node.end,
  });
}

/** The type of a node that must be able to be of a kind. */
export function expect(kind: CelKind, node: ASTNode, what: string, scope: Scope): Schema {
  const type = scope.typeOf(node, scope);
  if (!mayBe(kindsOf(type), kind))
    fail(
      "expr.type",
      `${what} is ${describeSchema(type)}, and ${describeKinds(new Set([kind]))} is needed.`,
      "",
      node,
    );
  return type;
}

export function bound(scope: Scope, name: string, type: Schema): Scope {
  return { ...scope, roots: { ...scope.roots, [name]: type } };
}

/** What the items of a list may be. */
export function itemsOf(list: Schema): Schema {
  const variants = variantsOf(list);
  if (variants === null) return {};
  return unionOf(
    variants
      .filter(({ type }) => type === "array")
      .map(({ schema }) => (isSchema(schema.items) ? schema.items : {})),
  );
}
