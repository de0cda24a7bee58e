import { type Outcome, repeatOf, scenario, step, succeeds } from "./scenario.ts";

const pauses = (value: number): Outcome => ({
  kind: "parks",
  park: { for: "timer", forMs: 20_000_000 },
  output: { value, done: false },
});

/** The deadline of a repeat covers all its turns; where the failure is caught, the run goes on. */
export default scenario({
  steps: [
    ...repeatOf("poll", [step("check")], { deadlineMs: 36_000_000, onFailure: "continue" }),
    step("other", { after: [{ step: "poll", on: "finished" }] }),
  ],
  outcomes: {
    poll__split: [succeeds({ items: [null] })],
    "poll__turn[0]": [pauses(1)],
    "poll__turn[1]": [pauses(2)],
  },
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
    "poll__turn[1] waiting timer",
    "run waiting timer",
    "poll__turn[1] cancelled",
    "poll failed deadline",
    "other ready",
    "run resumed",
    "other started",
    "other succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  statuses: { poll: "failed", other: "succeeded" },
});
