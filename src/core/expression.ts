// Expressions: CEL that looks at a scope of JSON and nothing else. The parts live in expression/; this is their surface.
import type { Binding } from "./binding.ts";
import { evaluateExpression } from "./expression/evaluate.ts";
import { readPath } from "./expression/path.ts";
import { renderTemplate } from "./expression/template.ts";
import type { Json, JsonObject } from "./json.ts";

export { checkExpression, type Checked, type Roots } from "./expression/check.ts";
export { completions, type Completion } from "./expression/completions.ts";
export { evaluateExpression } from "./expression/evaluate.ts";
export { coveringPaths, namesIn, pathsIn, type NamedPath } from "./expression/names.ts";
export { formatPath, parsePath, readPath, type PathParts } from "./expression/path.ts";
export { renderTemplate, templateParts, type TemplatePart } from "./expression/template.ts";
export { ExpressionError, type ExpressionProblem } from "./expression/syntax.ts";

/**
 * The value a binding gives over a scope.
 * @throws StepError class `validation`: `missing_value`, `expression_failed` or `expression_limit`
 */
export function resolveBinding(binding: Binding, scope: JsonObject): Json {
  if ("literal" in binding) return binding.literal;
  if ("ref" in binding) return readPath(binding.ref, scope);
  if ("template" in binding) return renderTemplate(binding.template, scope);
  return evaluateExpression(binding.expr, scope);
}
