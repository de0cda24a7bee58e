// How verdicts and kinds of checks are said.
import type { VerifierKind } from "../core/plan.ts";
import type { Proof } from "../core/run.ts";
import type { Tone } from "../ui/tone.ts";

export const proofKindWords = {
  json_schema: "schema",
  expr: "expression",
  http: "HTTP",
  llm_judge: "model",
  checksum: "checksum",
  sql: "SQL",
  approval: "people",
} satisfies Record<VerifierKind, string>;

export function verdictTone(verdict: Proof["verdict"], required: boolean): Tone {
  if (verdict === "passed") return "succeeded";
  return required ? "failed" : "waiting";
}

export function verdictWords(verdict: Proof["verdict"], required: boolean): string {
  if (verdict === "passed") return "passed";
  const what = verdict === "failed" ? "failed" : "could not be made";
  return required ? what : `${what}, optional`;
}
