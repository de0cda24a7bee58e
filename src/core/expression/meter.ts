// Work done by one expression. CEL's own limits act while parsing only, so every loop and every long text pays here first.
import { StepError } from "../failure.ts";

/** One unit is one turn of a loop or 256 characters looked at. */
const budget = 1_000_000;
/** Largest list or text (in items or characters) an intermediate value may be. */
const largest = 4_000_000;

// Evaluation is synchronous and never re-enters another expression, so one counter serves.
let left = 0;

export function limitError(message: string): StepError {
  return new StepError("validation", "expression_limit", message, {
    hint: "Look at fewer items, or split the work over a map.",
  });
}

/** Runs with a fresh budget; an overrun that `||` swallowed still fails. */
export function metered<T>(run: () => T): T {
  left = budget;
  const result = run();
  if (left < 0) throw limitError("The expression does more than a million steps of work.");
  return result;
}

/** @throws StepError `expression_limit` once the budget is spent */
export function spend(units: number): void {
  left -= units;
  if (left < 0) throw limitError("The expression does more than a million steps of work.");
}

/** @throws StepError `expression_limit` for a value too large to hold */
export function holds(size: number): void {
  spend(size / 256);
  if (size > largest)
    throw limitError(
      `The expression builds a value of ${size} items or characters; ${largest} is the limit.`,
    );
}
