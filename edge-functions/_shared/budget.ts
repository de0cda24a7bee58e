// Asks for a part of the run's budgets before each call. Steps of runs without budgets ask nobody.
import { StepError } from "../../src/core/failure.ts";
import type { BudgetName, ClaimedStep } from "../../src/core/worker.ts";
import type { AttemptRecord } from "./attempt-record.ts";
import type { Reserved, Spending } from "./engine.ts";
import { PutOff } from "./put-off.ts";
import { Stopped } from "./stop.ts";

/** The most a call may use; `costUsd` is left out where the price is not known. */
export interface Estimate {
  calls: number;
  tokens?: number;
  costUsd?: number;
}

/** Ends the attempt without a failure: the step waits for its budget. */
export class OverBudget extends PutOff {
  override readonly name = "OverBudget";

  constructor(park: Extract<PutOff["park"], { for: "budget" }>) {
    super(`The run's budget of ${park.budget} does not cover the next call.`, park);
  }
}

interface Affording {
  record: AttemptRecord;
  progress: { marked: boolean };
  signal: AbortSignal;
}

/**
 * Reserves what the attempt has used and the next call may use.
 * @throws OverBudget when the budget does not cover it; Stopped when the attempt is not ours any more; StepError `budget` when the attempt
 *   has begun an effect that must not repeat, so that it cannot be done again after a top-up
 */
export async function affordNext(
  step: ClaimedStep,
  world: { reserveBudget(step: ClaimedStep, wanted: Spending): Promise<Reserved> },
  { record, progress, signal }: Affording,
  next: Estimate,
): Promise<void> {
  if (!concerns(step.budgeted ?? [], next)) return;
  signal.throwIfAborted();
  const used = spentBy(record);
  const answer = await world.reserveBudget(step, {
    tokens: used.tokens + (next.tokens ?? 0),
    costUsd: used.costUsd + (next.costUsd ?? 0),
    calls: used.calls + next.calls,
  });
  if (answer.granted) return;
  const { budget, amount, until } = answer;
  if (budget === undefined || amount === undefined) throw new Stopped("lost");
  if (progress.marked)
    throw new StepError(
      "budget",
      "budget_exhausted",
      `The run's budget (${budget}) ran out between two calls of this step.`,
      {
        hint: "Its first call was done and must not be repeated. Start a new run from here with a larger budget.",
      },
    );
  throw new OverBudget({ for: "budget", budget, amount, ...(until === undefined ? {} : { until }) });
}

function concerns(budgets: readonly BudgetName[], { calls, tokens }: Estimate): boolean {
  return budgets.some((budget) =>
    budget === "calls" ? calls > 0 : budget === "activeMs" ? true : tokens !== undefined,
  );
}

function spentBy({ log }: AttemptRecord): Spending {
  const spent = { tokens: 0, costUsd: 0, calls: log.calls.length };
  for (const { llm } of log.calls) {
    spent.tokens += (llm?.tokensIn ?? 0) + (llm?.tokensOut ?? 0);
    spent.costUsd += llm?.costUsd ?? 0;
  }
  return spent;
}
