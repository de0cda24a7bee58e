// The schema of the value at a path.
import type { Schema } from "../json.ts";
import { didYouMean } from "../nearest.ts";
import { describeSchema } from "../ports.ts";
import { fieldNames, fieldOf, isSchema, plainField, unionOf, variantsOf } from "../schema-type.ts";
import type { Roots } from "./check-scope.ts";
import type { PathParts } from "./path.ts";

export type PathType = { type: Schema } | { message: string; hint: string };

/** What a path gives under the roots, or why nothing is there. An optional path may also be null. */
export function typeOfPath({ root, segments, optional }: PathParts, roots: Roots): PathType {
  let type = Object.hasOwn(roots, root) ? roots[root] : undefined;
  if (!type)
    return {
      message: `There is no ${root} here.`,
      hint: didYouMean(root, Object.keys(roots), "Name input, vars, steps, run or trigger."),
    };
  for (const segment of segments) {
    const next: Schema | null = childType(type, segment);
    if (next) type = next;
    else if (typeof segment === "number")
      return { message: `${describeSchema(type)} has no item ${segment}.`, hint: "Only lists are indexed." };
    else {
      const names = fieldNames(type);
      const hint = didYouMean(
        segment,
        names,
        names.length === 0 ? "Only objects have fields." : "The value has no such field.",
      );
      return { message: `There is no field ${segment} here.`, hint };
    }
  }
  return { type: optional ? unionOf([type, { type: "null" }]) : type };
}

function childType(parent: Schema, segment: string | number): Schema | null {
  const plain = typeof segment === "string" ? plainField(parent, segment) : null;
  if (plain) return plain;
  const variants = variantsOf(parent);
  if (variants === null) return {};
  const found = variants.flatMap((variant): Schema[] => {
    if (typeof segment === "number") {
      if (variant.type !== "array") return [];
      return [isSchema(variant.schema.items) ? variant.schema.items : {}];
    }
    const field = variant.type === "object" ? fieldOf(variant, segment) : "unknown";
    return field === "unknown" ? [] : [field ?? {}];
  });
  return found.length === 0 ? null : unionOf(found);
}
