import { fails, mapOver, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [...mapOver("each", [step("work")], { concurrency: 1 }), step("after", { after: ["each"] })],
  outcomes: { each__split: [succeeds({ items: [1, 2, 3] })], "work[1]": [fails("permanent")] },
  events: [
    "run queued",
    "run started",
    "each__split started",
    "each__split succeeded",
    "work[0] started",
    "work[0] succeeded",
    "each__item[0] started",
    "each__item[0] succeeded",
    "work[1] started",
    "work[1] failed permanent",
    "work[2] cancelled",
    "each__item[1] cancelled",
    "each__item[2] cancelled",
    "each failed permanent",
    "after cancelled",
    "run failed permanent",
  ],
  ends: "failed",
  errorCode: "permanent",
});
