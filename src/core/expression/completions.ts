// What an editor offers while an expression is written.
import type { Schema } from "../json.ts";
import { describeSchema } from "../ports.ts";
import { fieldNames, fieldOf, variantsOf } from "../schema-type.ts";
import type { Roots } from "./check-scope.ts";
import { formatPath } from "./path.ts";
import { describeKinds } from "./kinds.ts";
import { signatures } from "./signatures.ts";

/** `insert` is put in place of the word being typed; `type` is in plain words. */
export interface Completion {
  label: string;
  insert: string;
  kind: "value" | "function" | "method" | "loop";
  type: string;
  doc: string;
}

const maxValues = 1_000;

const loops: readonly Completion[] = [
  ["map", "x, x", "a list", "A list of what the second part gives for each item."],
  ["filter", "x, true", "a list", "The items for which the condition is true."],
  ["all", "x, true", "true or false", "Whether the condition is true for every item."],
  ["exists", "x, true", "true or false", "Whether the condition is true for at least one item."],
  ["exists_one", "x, true", "true or false", "Whether the condition is true for exactly one item."],
].map(([name = "", args = "", type = "", doc = ""]) => ({
  label: `.${name}()`,
  insert: `${name}(${args})`,
  kind: "loop",
  type,
  doc,
}));

const special: readonly Completion[] = [
  {
    label: "has()",
    insert: "has()",
    kind: "function",
    type: "true or false",
    doc: "Whether the last field of a path is there.",
  },
  {
    label: "default()",
    insert: "default(, )",
    kind: "function",
    type: "anything",
    doc: "The value of a path, or the second argument where it is absent or null.",
  },
];

/** Everything that may be written: the values under the roots to a depth of six fields, then loops, methods and functions. */
export function completions(roots: Roots): Completion[] {
  const values: Completion[] = [];
  for (const [root, schema] of Object.entries(roots)) addValues(values, root, [], schema);
  const functions = new Map<string, Completion>();
  for (const { name, receiver, returns, doc, gives } of signatures) {
    const method = receiver !== undefined;
    const label = `${method ? "." : ""}${name}()`;
    const type =
      gives === "item" || gives === "arguments"
        ? "anything"
        : "x-cel" in returns
          ? "a time"
          : describeSchema(returns);
    const on = receiver ? ` Called on ${describeKinds(new Set([receiver]))}.` : "";
    if (!functions.has(label))
      functions.set(label, {
        label,
        insert: `${name}()`,
        kind: method ? "method" : "function",
        type,
        doc: `${doc}${on}`.trim(),
      });
  }
  return [...values, ...loops, ...special, ...functions.values()];
}

function addValues(into: Completion[], root: string, segments: string[], schema: Schema): void {
  if (into.length >= maxValues) return;
  const path = formatPath({ root, segments, optional: false });
  into.push({
    label: path,
    insert: path,
    kind: "value",
    type: describeSchema(schema),
    doc: typeof schema.description === "string" ? schema.description : "",
  });
  if (segments.length >= 6) return;
  for (const name of fieldNames(schema)) {
    const found = (variantsOf(schema) ?? [])
      .map((variant) => fieldOf(variant, name))
      .find((field) => field !== "unknown");
    addValues(into, root, [...segments, name], found ?? {});
  }
}
