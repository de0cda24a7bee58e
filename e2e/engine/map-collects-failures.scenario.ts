import { fails, mapOver, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [
    ...mapOver("each", [step("work")], { onItemFailure: "collect" }),
    step("after", { after: ["each"], reads: ["steps.each.output.failed"] }),
  ],
  outcomes: {
    each__split: [succeeds({ items: [1, 2, 3] })],
    each__item: [succeeds({ value: "ok" })],
    "work[1]": [fails("permanent")],
  },
  output: { count: { ref: "steps.each.output.count" }, items: { ref: "steps.each.output.items" } },
  ends: "succeeded",
  statuses: { "work[1]": "failed", "each__item[1]": "skipped", each: "succeeded", after: "succeeded" },
  runOutput: { count: 3, items: ["ok", "ok"] },
  scopes: {
    after: {
      steps: {
        each: {
          output: {
            failed: [
              {
                index: 1,
                error: {
                  class: "permanent",
                  code: "permanent",
                  message: "It failed: permanent.",
                  step: "work",
                },
              },
            ],
          },
        },
      },
    },
  },
});
