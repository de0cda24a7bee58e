import { mapOver, parks, scenario, step, succeeds } from "./scenario.ts";

/** One item's inner map is late; the outer map collects that as the item's failure and goes on with the others. */
export default scenario({
  steps: mapOver("outer", mapOver("inner", [step("work")], { within: "outer", deadlineMs: 36_000_000 }), {
    onItemFailure: "collect",
  }),
  outcomes: {
    outer__split: [succeeds({ items: ["a", "b"] })],
    inner__split: [succeeds({ items: [1, 2] })],
    "work[0,1]": [parks({ for: "timer", forMs: 48_000_000 })],
    "work[1,0]": [parks({ for: "timer", forMs: 24_000_000 })],
    inner__item: [succeeds({ value: "done" })],
    outer__item: [succeeds({ value: "through" })],
  },
  output: { count: { ref: "steps.outer.output.count" }, items: { ref: "steps.outer.output.items" } },
  ends: "succeeded",
  statuses: {
    "work[0,1]": "cancelled",
    "inner__item[0,1]": "cancelled",
    "inner[0]": "failed",
    "inner[1]": "succeeded",
    outer: "succeeded",
  },
  runOutput: { count: 2, items: ["through"] },
});
