// Checks that need nothing but the output: its shape, and a condition over it.
import { evaluateExpression } from "../../../src/core/expression.ts";
import { readPath } from "../../../src/core/expression/path.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import { validateJson } from "../../../src/core/validate.ts";
import { ExprCheck, JsonSchemaCheck } from "../../../src/core/verifier-kinds.ts";
import { sameSchema } from "../check-output.ts";
import { small, type Finding, type Subject } from "./check.ts";

export function checkSchema(config: JsonObject, { output }: Subject): Finding {
  const { schema, target } = JsonSchemaCheck.parse(config);
  if (schema === undefined) return { verdict: "error", evidence: { reason: "The verifier has no schema." } };
  const answer = validateJson(sameSchema(schema), partOf(output, target));
  const shown = { schema, ...(target === undefined ? {} : { target }) };
  if (answer.ok) return { verdict: "passed", evidence: small({ ...shown, errors: [] }) };
  const errors = answer.errors.slice(0, 20).map(({ path, message }) => ({ path, message }));
  return { verdict: "failed", evidence: small({ ...shown, errors }) };
}

export function checkExpr(config: JsonObject, { scope }: Subject): Finding {
  const { expr } = ExprCheck.parse(config);
  const value = evaluateExpression(expr, scope);
  return { verdict: value === true ? "passed" : "failed", evidence: small({ expr, value }) };
}

/**
 * The part of the output a check is about; the whole of it without a target.
 * @param target `body.total` or `output.body.total`
 * @throws StepError `validation`/`missing_value`
 */
export function partOf(output: JsonObject, target: string | undefined): Json {
  if (target === undefined || target === "" || target === "output") return output;
  return readPath(target.startsWith("output.") ? target : `output.${target}`, { output });
}
