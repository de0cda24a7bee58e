// How an input gets its value: a literal, a path, a text template or an expression.
import { z } from "zod";
import { Json } from "./json.ts";

/** CEL source text; parsed and type-checked at compile time. */
export const Cel = z.string().max(8_192);
export type Cel = z.infer<typeof Cel>;

/** `steps.fetch.output.body.total?`: a root and fields, `[n]`, `["name"]`; a trailing `?` means null if absent. */
export const Path = z.string().min(1).max(1_024);
export type Path = z.infer<typeof Path>;

export const Binding = z.union([
  z.strictObject({ literal: Json }),
  z.strictObject({ ref: Path }),
  z.strictObject({ template: z.string().max(200_000) }),
  z.strictObject({ expr: Cel }),
]);
export type Binding = z.infer<typeof Binding>;
