import { expect, it } from "vitest";
import { budgetUses, shareOf } from "./budgets.ts";

const usage = {
  llmCalls: 2,
  toolCalls: 1,
  httpCalls: 1,
  tokensIn: 700,
  tokensOut: 100,
  costUsd: 0.25,
  activeMs: 0,
};

it("lists the budgets a run has, the fullest first, in words", () => {
  const uses = budgetUses({ costUsd: 1, tokens: 1_000, calls: 40 }, usage);
  expect(uses.map(({ label, usedText, amountText }) => `${label} ${usedText} of ${amountText}`)).toEqual([
    "Tokens 800 of 1,000",
    "Cost $0.25 of $1.00",
    "Calls 4 of 40",
  ]);
  expect(uses.map(shareOf)).toEqual([0.8, 0.25, 0.1]);
});

it("does not know the time at work before the run has ended", () => {
  expect(budgetUses({ activeMs: 60_000 }, usage)).toMatchObject([{ used: undefined, usedText: "" }]);
});
