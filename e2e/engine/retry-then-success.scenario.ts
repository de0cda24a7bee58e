import { fails, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [step("fetch", { retry: { maxAttempts: 3 } })],
  outcomes: { fetch: [fails("timeout"), fails("transient"), succeeds({ ok: true })] },
  events: [
    "run queued",
    "run started",
    "fetch started",
    "fetch waiting retry",
    "run waiting retry",
    "run resumed",
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
