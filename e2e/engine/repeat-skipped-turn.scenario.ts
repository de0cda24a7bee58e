import { repeatOf, scenario, skips, step, succeeds } from "./scenario.ts";

/** A turn of which nothing ran gives nothing; the next goes on with the result before it. */
export default scenario({
  steps: repeatOf("poll", [step("check", { reads: ["previous"] })], { maxTurns: 3, onBound: "stop" }),
  outcomes: {
    poll__split: [succeeds({ items: ["start"] })],
    "check[0]": [skips],
    "poll__turn[1]": [succeeds({ value: "one", done: false })],
    "check[2]": [skips],
  },
  output: { last: { ref: "steps.poll.output.last" }, turns: { ref: "steps.poll.output.turns" } },
  ends: "succeeded",
  statuses: { "poll__turn[0]": "skipped", "poll__turn[1]": "succeeded", "poll__turn[2]": "skipped" },
  scopes: { "check[1]": { previous: "start" }, "check[2]": { previous: "one" } },
  runOutput: { last: "one", turns: 3 },
});
