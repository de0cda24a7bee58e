// Shows the output to people and takes their answer for the verdict.
import { renderTemplate } from "../../../src/core/expression.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { ApprovalCheck } from "../../../src/core/verifier-kinds.ts";
import { small, type Ruling, type Subject } from "./check.ts";

export function askPeople(raw: JsonObject, subject: Subject): Ruling {
  const { title, message, approvers, timeoutMs } = ApprovalCheck.parse(raw);
  const { answer, scope, output } = subject;
  if (answer !== undefined)
    return {
      verdict: answer.decision === "approved" ? "passed" : "failed",
      evidence: small({
        ...answer,
        approvers,
        ...(answer.decision === "expired" ? { reason: "Nobody decided in time." } : {}),
      }),
    };
  return {
    ask: {
      for: "approval",
      purpose: "verifier",
      title:
        title === undefined ? `Is the result of "${subject.title}" right?` : renderTemplate(title, scope),
      ...(message === undefined ? {} : { message: renderTemplate(message, scope) }),
      payload: output,
      approvers,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      onTimeout: "rejected",
    },
  };
}
