// Which kinds an operator takes, and what it gives.
import type { Schema } from "../json.ts";
import { variantsOf } from "../schema-type.ts";
import { mayBe, type CelKind } from "./kinds.ts";

type Rule = readonly [
  left: CelKind,
  right: CelKind,
  gives: "boolean" | "number" | "string" | "left" | "timestamp" | "duration",
];

const ordered: readonly Rule[] = (["number", "string", "bool", "timestamp", "duration"] as const).map(
  (kind) => [kind, kind, "boolean"],
);
const numeric: readonly Rule[] = [["number", "number", "number"]];

const rules: Readonly<Record<string, readonly Rule[]>> = {
  "+": [
    ...numeric,
    ["string", "string", "string"],
    ["list", "list", "left"],
    ["bytes", "bytes", "left"],
    ["duration", "duration", "duration"],
    ["timestamp", "duration", "timestamp"],
    ["duration", "timestamp", "timestamp"],
  ],
  "-": [
    ...numeric,
    ["timestamp", "timestamp", "duration"],
    ["timestamp", "duration", "timestamp"],
    ["duration", "duration", "duration"],
  ],
  "*": numeric,
  "/": numeric,
  "%": numeric,
  "<": ordered,
  "<=": ordered,
  ">": ordered,
  ">=": ordered,
};

type Kinds = ReadonlySet<CelKind> | "any";

export interface Operand {
  kinds: Kinds;
  schema: Schema;
}

/** What the operator gives for these operands, or null when no value of theirs fits it. */
export function resultOf(operator: string, left: Operand, right: Operand): Schema | null {
  let only: Rule[2] | undefined;
  for (const [a, b, gives] of rules[operator] ?? []) {
    if (!mayBe(left.kinds, a) || !mayBe(right.kinds, b)) continue;
    if (only !== undefined && only !== gives) return {};
    only = gives;
  }
  if (only === undefined) return null;
  if (only === "left") return operator === "+" ? {} : left.schema;
  if (only === "timestamp" || only === "duration") return { "x-cel": only };
  if (only !== "number") return { type: only };
  // JSON integers are doubles at run time, so a quotient of two may have a fraction.
  return {
    type: operator !== "/" && isInteger(left.schema) && isInteger(right.schema) ? "integer" : "number",
  };
}

function isInteger(schema: Schema): boolean {
  return variantsOf(schema)?.every(({ integer }) => integer) ?? false;
}
