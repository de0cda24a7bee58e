import { fails, scenario, step, succeeds } from "./scenario.ts";

// The server was not reached, so nothing happened there: what may happen once is tried again without asking anybody.
export default scenario({
  steps: [step("mail", { effect: "at_most_once" })],
  outcomes: { mail: [fails("transient"), succeeds()] },
  events: [
    "run queued",
    "run started",
    "mail started",
    "mail waiting retry",
    "run waiting retry",
    "run resumed",
    "mail started",
    "mail succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  crashPoints: false,
});
