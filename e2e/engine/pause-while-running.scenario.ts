import { scenario, step } from "./scenario.ts";

// What is under way ends; what it would release waits for the end of the pause.
export default scenario({
  steps: [step("a"), step("b", { after: ["a"] })],
  during: { a: { do: "pause" } },
  whenIdle: [{ do: "resume" }],
  events: [
    "run queued",
    "run started",
    "a started",
    "run updated",
    "a succeeded",
    "b ready",
    "b waiting limit",
    "run waiting limit",
    "run updated limit",
    "b released",
    "run resumed",
    "b started",
    "b succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
});
