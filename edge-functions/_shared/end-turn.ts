// The end of one turn of a repeat: its result, whether to stop, and the pause before the next.
import { Binding } from "../../src/core/binding.ts";
import { evaluateExpression, resolveBinding } from "../../src/core/expression.ts";
import { StepError } from "../../src/core/failure.ts";
import type { ClaimedStep } from "../../src/core/worker.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Outcome } from "./step-report.ts";

/** @throws StepError when the condition is not a yes or no, or the result cannot be worked out */
export function endTurn(step: Pick<ClaimedStep, "config" | "itemPath">, scope: JsonObject): Outcome {
  const { until, result, delayMs, maxTurns } = step.config;
  const done = evaluateExpression(String(until), scope);
  if (typeof done !== "boolean")
    throw new StepError(
      "validation",
      "input_invalid",
      "The condition of the repeat did not give true or false.",
      { hint: "Correct “Stop when”, for example with a comparison." },
    );
  const output = { value: resolveBinding(Binding.parse(result), scope), done };
  const isLast = done || (step.itemPath.at(-1) ?? 0) + 1 >= Number(maxTurns);
  if (isLast || typeof delayMs !== "number" || delayMs === 0) return { outcome: "succeeded", output };
  // How long, not until when: the database counts it, whose clock is the only one that is right.
  return { outcome: "parked", park: { for: "timer", forMs: delayMs }, output };
}
