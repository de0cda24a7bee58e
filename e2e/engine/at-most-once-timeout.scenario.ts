import { fails, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [step("mail", { effect: "at_most_once" })],
  outcomes: { mail: [fails("timeout"), succeeds()] },
  whenIdle: [{ do: "decide", step: "mail", verdict: "do_it_again" }],
  events: [
    "run queued",
    "run started",
    "mail started",
    "mail waiting reconcile",
    "run waiting reconcile",
    "mail released",
    "run resumed",
    "mail started",
    "mail succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  crashPoints: false,
});
