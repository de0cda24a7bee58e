import { expect, test } from "vitest";
import { signalMatches } from "./signal-match.ts";

test("equalities joined by && become paths and values, whichever side names the signal", () => {
  expect(signalMatches('signal.order == input.order && "paid" == signal.state["kind"]')).toEqual([
    { path: ["order"], expr: "input.order" },
    { path: ["state", "kind"], expr: '"paid"' },
  ]);
});

test("the value may be any expression that does not look at the signal", () => {
  expect(signalMatches("(signal.items[0] == (steps.ask.output.n + 1))")).toEqual([
    { path: ["items", "0"], expr: "steps.ask.output.n + 1" },
  ]);
});

test.each([
  "signal.total > 5",
  "signal.a == 1 || signal.b == 2",
  "signal.ok",
  "signal.a == signal.b",
  "input.a == input.b",
  "signal.a.size() == 2",
  "signal.a ==",
])("%s has another form", (source) => {
  expect(signalMatches(source)).toBeNull();
});
