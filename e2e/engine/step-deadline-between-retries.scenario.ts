import { fails, scenario, step } from "./scenario.ts";

// The third attempt would come after the deadline, so the second failure is the last.
export default scenario({
  steps: [step("flaky", { deadlineMs: 60_000, retry: { maxAttempts: 5, baseDelayMs: 40_000 } })],
  outcomes: { flaky: [fails("transient")] },
  events: [
    "run queued",
    "run started",
    "flaky started",
    "flaky waiting retry",
    "run waiting retry",
    "run resumed",
    "flaky started",
    "flaky failed transient",
    "run failed transient",
  ],
  ends: "failed",
  errorCode: "transient",
  // A crash takes its time out of the same deadline.
  crashPoints: false,
});
