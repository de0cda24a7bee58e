import { repeatOf, scenario, step, succeeds } from "./scenario.ts";

/** A pause between turns is a timer the end of the turn waits for; its result is kept meanwhile. */
export default scenario({
  steps: repeatOf("poll", [step("check")]),
  outcomes: {
    poll__split: [succeeds({ items: [null] })],
    "poll__turn[0]": [
      {
        kind: "parks",
        park: { for: "timer", until: "2020-01-01T00:00:00.000Z" },
        output: { value: "kept", done: false },
      },
    ],
    "poll__turn[1]": [succeeds({ value: "end", done: true })],
    "check[1]": [succeeds()],
  },
  output: { last: { ref: "steps.poll.output.last" } },
  events: [
    "run queued",
    "run started",
    "poll__split started",
    "poll__split succeeded",
    "check[0] started",
    "check[0] succeeded",
    "poll__turn[0] started",
    "poll__turn[0] waiting timer",
    "run waiting timer",
    "poll__turn[0] succeeded",
    "run resumed",
    "check[1] started",
    "check[1] succeeded",
    "poll__turn[1] started",
    "poll__turn[1] succeeded",
    "poll succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  runOutput: { last: "end" },
});
