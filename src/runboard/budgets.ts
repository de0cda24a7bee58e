// What a run has used of its budgets, in words.
import type { Budgets } from "../core/plan.ts";
import type { Usage } from "../core/run.ts";
import { formatDuration } from "../ui/time-format.ts";

export type BudgetName = keyof Budgets;

export interface BudgetUse {
  name: BudgetName;
  label: string;
  amount: number;
  /** Unknown for time at work until the run has ended. */
  used: number | undefined;
  /** Both in words, e.g. `$0.82` and `$1.00`. */
  usedText: string;
  amountText: string;
}

const labels: Record<BudgetName, string> = {
  costUsd: "Cost",
  tokens: "Tokens",
  calls: "Calls",
  activeMs: "Time at work",
};

/** An amount of a budget as it is read: dollars, a count, or a duration. */
export function amountText(name: BudgetName, amount: number): string {
  if (name === "costUsd") return `$${amount > 0 && amount < 0.01 ? amount.toFixed(4) : amount.toFixed(2)}`;
  return name === "activeMs" ? formatDuration(amount) : amount.toLocaleString("en");
}

function usedOf(name: BudgetName, usage: Usage): number | undefined {
  switch (name) {
    case "costUsd":
      return usage.costUsd;
    case "tokens":
      return usage.tokensIn + usage.tokensOut;
    case "calls":
      return usage.llmCalls + usage.toolCalls + usage.httpCalls;
    case "activeMs":
      return usage.activeMs === 0 ? undefined : usage.activeMs;
  }
}

/** The budgets a run has, fullest first. */
export function budgetUses(budgets: Budgets, usage: Usage): BudgetUse[] {
  const names: BudgetName[] = ["costUsd", "tokens", "calls", "activeMs"];
  return names
    .flatMap((name): BudgetUse[] => {
      const amount = budgets[name];
      if (amount === undefined) return [];
      const used = usedOf(name, usage);
      const usedText = used === undefined ? "" : amountText(name, used);
      return [{ name, label: labels[name], amount, used, usedText, amountText: amountText(name, amount) }];
    })
    .sort((a, b) => shareOf(b) - shareOf(a));
}

/** The part of a budget that is used, from 0 to 1. */
export function shareOf({ used = 0, amount }: Pick<BudgetUse, "used" | "amount">): number {
  return Math.min(1, used / amount);
}
