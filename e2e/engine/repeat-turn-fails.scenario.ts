import { fails, repeatOf, scenario, step, succeeds } from "./scenario.ts";

/** A step fails in the second turn; the resume repeats that turn from there and the repeat goes on. */
export default scenario({
  steps: [
    ...repeatOf("poll", [step("check"), step("note", { after: ["check"] })]),
    step("after", { after: ["poll"] }),
  ],
  outcomes: {
    poll__split: [succeeds({ items: [null] })],
    "note[1]": [fails("permanent"), succeeds()],
    "poll__turn[0]": [succeeds({ value: 0, done: false })],
    "poll__turn[1]": [succeeds({ value: 1, done: false })],
    "poll__turn[2]": [succeeds({ value: 2, done: true })],
  },
  whenIdle: [{ do: "retry" }],
  output: { last: { ref: "steps.poll.output.last" }, turns: { ref: "steps.poll.output.turns" } },
  ends: "succeeded",
  statuses: { "check[1]": "succeeded", "note[1]": "succeeded", poll: "succeeded", after: "succeeded" },
  runOutput: { last: 2, turns: 3 },
});
