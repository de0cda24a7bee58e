import { mapOver, scenario, step, succeeds } from "./scenario.ts";

/** The path of an item's result leads nowhere: a worker works it out, and says what is wrong if that is wrong. */
export default scenario({
  steps: mapOver("each", [step("work")]).map((one) =>
    one.role === "item"
      ? {
          ...one,
          config: { result: { ref: "steps.work.output.found?" } },
          reads: ["steps.work.output.found?"],
        }
      : one,
  ),
  outcomes: {
    each__split: [succeeds({ items: ["a"] })],
    work: [succeeds({})],
    each__item: [succeeds({ value: "by the worker" })],
  },
  output: { result: { ref: "steps.each.output.items" } },
  ends: "succeeded",
  statuses: { "each__item[0]": "succeeded" },
  runOutput: { result: ["by the worker"] },
});
