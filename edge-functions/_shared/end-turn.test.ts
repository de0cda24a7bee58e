import { expect, test } from "vitest";
import { endTurn } from "./end-turn.ts";

const config = {
  until: "steps.check.output.n > 2",
  result: { ref: "steps.check.output.n" },
  maxTurns: 3,
  delayMs: 0,
};
const scope = (n: unknown) => ({ steps: { check: { output: { n } } } }) as never;

test("a turn ends with its result and whether the repeat is done", () => {
  expect(endTurn({ config, itemPath: [0] }, scope(1))).toEqual({
    outcome: "succeeded",
    output: { value: 1, done: false },
  });
  expect(endTurn({ config, itemPath: [1] }, scope(3))).toMatchObject({ output: { value: 3, done: true } });
});

test("a pause comes after a turn that another one follows, and not after the last", () => {
  const paused = { ...config, delayMs: 60_000 };
  expect(endTurn({ config: paused, itemPath: [4, 0] }, scope(1))).toEqual({
    outcome: "parked",
    park: { for: "timer", forMs: 60_000 },
    output: { value: 1, done: false },
  });
  expect(endTurn({ config: paused, itemPath: [4, 2] }, scope(1))).toMatchObject({ outcome: "succeeded" });
  expect(endTurn({ config: paused, itemPath: [4, 0] }, scope(3))).toMatchObject({ outcome: "succeeded" });
});

test("a condition that is no yes or no fails the turn", () => {
  expect(() =>
    endTurn({ config: { ...config, until: "steps.check.output.n" }, itemPath: [0] }, scope(1)),
  ).toThrow("did not give true or false");
});
