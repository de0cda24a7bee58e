import { fails, mapOver, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [...mapOver("each", [step("work")], { concurrency: 2 }), step("after", { after: ["each"] })],
  outcomes: {
    each__split: [succeeds({ items: [1, 2, 3, 4] })],
    each__item: [succeeds({ value: "ok" })],
    "work[1]": [fails("permanent"), succeeds()],
  },
  whenIdle: [{ do: "retry" }],
  output: { items: { ref: "steps.each.output.items" } },
  ends: "succeeded",
  statuses: {
    "work[0]": "succeeded",
    "work[1]": "succeeded",
    "work[3]": "succeeded",
    each: "succeeded",
    after: "succeeded",
  },
  runOutput: { items: ["ok", "ok", "ok", "ok"] },
});
