import { fails, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("fetch", { retry: { maxAttempts: 2 } }), step("after", { after: ["fetch"] })],
  outcomes: { fetch: [fails("transient")] },
  events: [
    "run queued",
    "run started",
    "fetch started",
    "fetch waiting retry",
    "run waiting retry",
    "run resumed",
    "fetch started",
    "fetch failed transient",
    "after cancelled",
    "run failed transient",
  ],
  ends: "failed",
  errorCode: "transient",
});
