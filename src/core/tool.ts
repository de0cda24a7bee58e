// A tool an MCP server offers, and the pinned reference a plan keeps to it.
import { z } from "zod";
import { Hash, Json, Schema, Slug, Time } from "./json.ts";

export const ToolRef = z.strictObject({
  connection: Slug,
  name: z.string().min(1).max(256),
  schemaHash: Hash,
});
export type ToolRef = z.infer<typeof ToolRef>;

/** `schemaHash` covers name, description, both schemas and annotations, so a changed tool is a different tool. */
export const Tool = z.strictObject({
  connection: Slug,
  name: z.string(),
  title: z.string(),
  description: z.string(),
  inputSchema: Schema,
  outputSchema: Schema.optional(),
  annotations: Json,
  effect: z.enum(["pure", "read", "idempotent", "at_most_once"]),
  effectFrom: z.enum(["annotation", "author", "default"]),
  schemaHash: Hash,
  status: z.enum(["active", "changed", "missing"]),
  seenAt: Time,
});
export type Tool = z.infer<typeof Tool>;
