import { repeatOf, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [
    ...repeatOf("poll", [step("check", { reads: ["turn", "previous"] })]),
    step("after", { after: ["poll"], reads: ["steps.poll.output.last", "steps.poll.output.turns"] }),
  ],
  outcomes: {
    poll__split: [succeeds({ items: ["start"] })],
    "poll__turn[0]": [succeeds({ value: "first", done: false })],
    "poll__turn[1]": [succeeds({ value: "second", done: true })],
  },
  events: [
    "run queued",
    "run started",
    "poll__split started",
    "poll__split succeeded",
    "check[0] started",
    "check[0] succeeded",
    "poll__turn[0] started",
    "poll__turn[0] succeeded",
    "check[1] started",
    "check[1] succeeded",
    "poll__turn[1] started",
    "poll__turn[1] succeeded",
    "poll succeeded",
    "after started",
    "after succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  scopes: {
    "check[0]": { turn: 0, previous: "start" },
    "check[1]": { turn: 1, previous: "first" },
    after: { steps: { poll: { output: { last: "second", turns: 2 } } } },
  },
});
