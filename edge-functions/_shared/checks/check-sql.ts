// Asks the workspace's own runs a question.
import { evaluateExpression, resolveBinding } from "../../../src/core/expression.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { SqlCheck } from "../../../src/core/verifier-kinds.ts";
import { small, type CheckMeans, type Finding, type Subject } from "./check.ts";

/** Rows kept as evidence. */
const MOST_SHOWN = 20;

export async function checkSql(raw: JsonObject, { scope }: Subject, means: CheckMeans): Promise<Finding> {
  const { query, params, expect } = SqlCheck.parse(raw);
  const values = Object.fromEntries(
    Object.entries(params).map(([key, binding]) => [key, resolveBinding(binding, scope)]),
  );
  const rows = await means.rows(query, values);
  const value = evaluateExpression(expect, { ...scope, rows });
  return {
    verdict: value === true ? "passed" : "failed",
    evidence: small({
      query,
      params: values,
      expect,
      value,
      count: rows.length,
      rows: rows.slice(0, MOST_SHOWN),
    }),
  };
}
