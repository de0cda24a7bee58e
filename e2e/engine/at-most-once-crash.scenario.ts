import { crashesAfterMarker, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [step("mail", { effect: "at_most_once" }), step("after", { after: ["mail"] })],
  outcomes: { mail: [crashesAfterMarker, succeeds()] },
  whenIdle: [{ do: "decide", step: "mail", verdict: "treat_as_done", payload: { messageId: "known" } }],
  output: { id: { ref: "steps.mail.output.messageId" } },
  events: [
    "run queued",
    "run started",
    "mail started",
    "mail waiting reconcile",
    "run waiting reconcile",
    "mail succeeded",
    "after ready",
    "run resumed",
    "after started",
    "after succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  runOutput: { id: "known" },
  crashPoints: false,
});
