import { expect, it } from "vitest";
import type { StepRow } from "./run-rows.ts";
import { inPlanOrder } from "./runs.ts";

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
