import { scenario, step } from "./scenario.ts";

/** Work under way ends; what comes next waits for the lane, and goes on when its pause ends. */
export default scenario({
  steps: [step("first"), step("second", { after: ["first"] })],
  during: { first: { do: "hold", what: "lane" } },
  whenIdle: [{ do: "hold", what: "lane", ends: true }],
  // A step whose worker died is not claimed again before the pause ends.
  crashPoints: false,
  events: [
    "run queued",
    "run started",
    "first started",
    "first succeeded",
    "second ready",
    "second waiting lane",
    "run waiting lane",
    "second released",
    "run resumed",
    "second started",
    "second succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
});
