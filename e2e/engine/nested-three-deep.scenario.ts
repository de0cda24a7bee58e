import { fails, mapOver, repeatOf, scenario, step, succeeds } from "./scenario.ts";

/** A map in a repeat in a map: each step finds the item and the turn nearest to it; a failure deep inside is resumed there. */
export default scenario({
  steps: mapOver("outer", [
    step("open", { reads: ["item"] }),
    ...repeatOf(
      "poll",
      [
        step("look", { within: "poll", reads: ["item", "index", "turn", "previous"] }),
        ...mapOver(
          "inner",
          [
            step("cell", {
              within: "inner",
              reads: ["item", "index", "turn", "previous", "steps.open.output.name"],
            }),
          ],
          { within: "poll", after: ["look"] },
        ),
      ],
      { within: "outer", after: ["open"] },
    ),
  ]),
  outcomes: {
    outer__split: [succeeds({ items: ["a", "b"] })],
    open: [succeeds({ name: "opened" })],
    poll__split: [succeeds({ items: ["start"] })],
    inner__split: [succeeds({ items: [10, 20] })],
    inner__item: [succeeds({ value: "x" })],
    "cell[1,1,1]": [fails("permanent"), succeeds()],
    "poll__turn[0,0]": [succeeds({ value: "p00", done: true })],
    "poll__turn[1,0]": [succeeds({ value: "p10", done: false })],
    "poll__turn[1,1]": [succeeds({ value: "p11", done: true })],
    "outer__item[0]": [succeeds({ value: "A" })],
    "outer__item[1]": [succeeds({ value: "B" })],
  },
  whenIdle: [{ do: "retry" }],
  output: { result: { ref: "steps.outer.output.items" } },
  ends: "succeeded",
  statuses: {
    "cell[1,1,1]": "succeeded",
    "inner[1,1]": "succeeded",
    "poll[0]": "succeeded",
    "poll[1]": "succeeded",
    outer: "succeeded",
  },
  runOutput: { result: ["A", "B"] },
  scopes: {
    "look[1,1]": { item: "b", index: 1, turn: 1, previous: "p10" },
    "cell[1,1,1]": {
      item: 20,
      index: 1,
      turn: 1,
      previous: "p10",
      steps: { open: { output: { name: "opened" } } },
    },
  },
});
