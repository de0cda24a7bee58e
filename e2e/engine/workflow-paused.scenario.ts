import { scenario, step } from "./scenario.ts";

/** A paused workflow is a limit of zero: running steps finish, nothing else is claimed until the pause ends. */
export default scenario({
  steps: [step("first"), step("second", { after: ["first"] })],
  during: { first: { do: "hold", what: "workflow" } },
  whenIdle: [{ do: "hold", what: "workflow", ends: true }],
  // A step whose worker died is not claimed again before the pause ends.
  crashPoints: false,
  events: [
    "run queued",
    "run started",
    "first started",
    "first succeeded",
    "second ready",
    "second waiting limit",
    "run waiting limit",
    "second released",
    "run resumed",
    "second started",
    "second succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
});
