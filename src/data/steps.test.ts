import { expect, it } from "vitest";
import type { StepRow } from "./run-rows.ts";
import { inPlanOrder, mergeSteps } from "./steps.ts";

const at = (rank: number, stepKey: string, ...itemPath: number[]): StepRow =>
  ({ rank, stepKey, itemPath }) as unknown as StepRow;

it("orders steps by rank, then key, then item", () => {
  const given = [
    at(2, "b", 10),
    at(2, "b", 9),
    at(2, "a", 0),
    at(1, "z"),
    at(2, "b", 9, 1),
    at(2, "b", 9, 0),
    at(2, "b", 2, 7),
  ];
  expect(inPlanOrder(given).map(({ stepKey, itemPath }) => [stepKey, ...itemPath].join(" "))).toEqual([
    "z",
    "a 0",
    "b 2 7",
    "b 9",
    "b 9 0",
    "b 9 1",
    "b 10",
  ]);
});

it("puts later rows in the place of earlier ones, and new ones where they belong", () => {
  const row = (title: string, ...rest: Parameters<typeof at>): StepRow => ({ ...at(...rest), title });
  const before = [row("old", 1, "a", 0), row("old", 1, "a", 2), row("old", 2, "b")];
  const after = [row("new", 2, "b"), row("new", 1, "a", 1)];
  expect(
    mergeSteps(before, after).map(({ stepKey, itemPath, title }) => [stepKey, ...itemPath, title]),
  ).toEqual([
    ["a", 0, "old"],
    ["a", 1, "new"],
    ["a", 2, "old"],
    ["b", "new"],
  ]);
});
