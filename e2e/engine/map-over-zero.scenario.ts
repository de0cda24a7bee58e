import { mapOver, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [...mapOver("each", [step("work")]), step("after", { after: ["each"] })],
  outcomes: { each__split: [succeeds({ items: [] })] },
  output: { result: { ref: "steps.each.output" } },
  events: [
    "run queued",
    "run started",
    "each__split started",
    "each__split succeeded",
    "each succeeded",
    "after started",
    "after succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  runOutput: { result: { items: [], failed: [], count: 0 } },
});
