import { handsOver, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [step("long", { retry: { maxAttempts: 1 } })],
  outcomes: { long: [handsOver, handsOver, succeeds()] },
  events: [
    "run queued",
    "run started",
    "long started",
    "long handed_over",
    "long started",
    "long handed_over",
    "long started",
    "long succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
});
