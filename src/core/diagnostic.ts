// What the compiler says about a canvas. Codes are permanent.
import { z } from "zod";
import { Json, Key } from "./json.ts";

export const DiagnosticCode = z.enum([
  "graph.no_trigger",
  "graph.cycle",
  "graph.unreachable",
  "graph.never_joins",
  "graph.two_wires",
  "graph.crosses_body",
  "graph.too_large",
  "graph.dangling_edge",
  "node.unknown_kind",
  "node.config",
  "node.duplicate_key",
  "port.missing",
  "port.type",
  "port.unknown",
  "ref.unknown",
  "ref.maybe_missing",
  "expr.syntax",
  "expr.type",
  "expr.limit",
  "loop.no_bound",
  "map.no_limit",
  "catch.no_edge",
  "retry.never",
  "effect.no_verifier",
  "verifier.own_judge",
  "verifier.sandbox_judge",
  "effect.no_approval",
  "label.untrusted_effect",
  "label.personal_out",
  "tool.missing",
  "tool.breaking",
  "tool.changed",
  "connection.missing",
  "connection.host",
  "secret.literal",
  "skill.recursion",
  "workflow.missing",
  "budget.unbounded",
  "limit.key",
  "pin.dropped",
  "document.invalid",
]);
export type DiagnosticCode = z.infer<typeof DiagnosticCode>;

/**
 * `path` points into the node, e.g. `inputs.url` or `config.cases[0].expr`; `span` into the text that stands there, as offsets of the
 * first character in error and of the one after the last.
 */
export const Diagnostic = z.strictObject({
  code: DiagnosticCode,
  severity: z.enum(["error", "warning", "info"]),
  nodeId: z.string().optional(),
  path: z.string().optional(),
  span: z.strictObject({ from: z.int().min(0), to: z.int().min(0) }).optional(),
  message: z.string(),
  hint: z.string(),
  fix: z.strictObject({ title: z.string(), patch: Json }).optional(),
  example: z.strictObject({ input: Json, route: z.array(Key) }).optional(),
});
export type Diagnostic = z.infer<typeof Diagnostic>;
