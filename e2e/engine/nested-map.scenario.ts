import { mapOver, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: mapOver("outer", [
    step("row", { reads: ["item"] }),
    ...mapOver("inner", [step("cell", { reads: ["item", "steps.row.output.name"] })], {
      within: "outer",
      after: ["row"],
    }),
  ]),
  outcomes: {
    outer__split: [succeeds({ items: ["r0", "r1"] })],
    "row[0]": [succeeds({ name: "zero" })],
    "row[1]": [succeeds({ name: "one" })],
    "inner__split[0]": [succeeds({ items: [1, 2] })],
    "inner__split[1]": [succeeds({ items: [] })],
    inner__item: [succeeds({ value: "cell" })],
    outer__item: [succeeds({ value: "row" })],
  },
  output: { result: { ref: "steps.outer.output.items" } },
  ends: "succeeded",
  statuses: {
    "cell[0,1]": "succeeded",
    "inner[0]": "succeeded",
    "inner[1]": "succeeded",
    "outer__item[1]": "succeeded",
    outer: "succeeded",
  },
  runOutput: { result: ["row", "row"] },
  scopes: { "cell[0,1]": { item: 2, steps: { row: { output: { name: "zero" } } } } },
});
