import { mapOver, scenario, step, succeeds } from "./scenario.ts";

/** The result of an item is a value its body put out: no worker is asked for it. */
export default scenario({
  steps: mapOver("each", [step("work")], { concurrency: 1 }).map((one) =>
    one.role === "item"
      ? {
          ...one,
          config: { result: { ref: "steps.work.output.found.name" } },
          reads: ["steps.work.output.found.name"],
        }
      : one,
  ),
  outcomes: {
    each__split: [succeeds({ items: ["a", "b"] })],
    "work[0]": [succeeds({ found: { name: "first" } })],
    "work[1]": [succeeds({ found: { name: null } })],
  },
  output: { result: { ref: "steps.each.output" } },
  events: [
    "run queued",
    "run started",
    "each__split started",
    "each__split succeeded",
    "work[0] started",
    "work[0] succeeded",
    "each__item[0] succeeded",
    "work[1] started",
    "work[1] succeeded",
    "each__item[1] succeeded",
    "each succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  runOutput: { result: { items: ["first", null], failed: [], count: 2 } },
});
