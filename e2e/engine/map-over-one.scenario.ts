import { mapOver, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: mapOver("each", [step("work", { reads: ["item", "index"] })]),
  outcomes: { each__split: [succeeds({ items: [null] })], each__item: [succeeds({ value: "done" })] },
  output: { result: { ref: "steps.each.output" } },
  events: [
    "run queued",
    "run started",
    "each__split started",
    "each__split succeeded",
    "work[0] started",
    "work[0] succeeded",
    "each__item[0] started",
    "each__item[0] succeeded",
    "each succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  runOutput: { result: { items: ["done"], failed: [], count: 1 } },
  scopes: { "work[0]": { item: null, index: 0 } },
});
