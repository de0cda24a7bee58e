import { mapOver, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [
    step("before"),
    ...mapOver("each", [step("work", { reads: ["item", "steps.before.output.x"] })], {
      after: ["before"],
      concurrency: 2,
    }),
  ],
  outcomes: {
    before: [succeeds({ x: 7 })],
    each__split: [succeeds({ items: ["a", "b", "c", "d", "e"] })],
    "each__item[0]": [succeeds({ value: "A" })],
    "each__item[1]": [succeeds({ value: 0 })],
    "each__item[2]": [succeeds({ value: false })],
    "each__item[3]": [succeeds({ value: "" })],
    "each__item[4]": [succeeds({ value: null })],
  },
  output: { result: { ref: "steps.each.output.items" } },
  ends: "succeeded",
  statuses: { "work[4]": "succeeded", each: "succeeded" },
  runOutput: { result: ["A", 0, false, "", null] },
  scopes: { "work[3]": { item: "d", steps: { before: { output: { x: 7 } } } } },
});
