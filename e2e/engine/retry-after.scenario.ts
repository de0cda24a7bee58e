import { fails, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [step("fetch")],
  outcomes: { fetch: [fails("rate_limited", { retryAfterMs: 120_000 }), succeeds()] },
  events: [
    "run queued",
    "run started",
    "fetch started",
    "fetch waiting retry",
    "run waiting retry",
    "run resumed",
    "fetch started",
    "fetch succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
});
