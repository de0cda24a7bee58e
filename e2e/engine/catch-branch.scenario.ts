import { fails, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [
    step("pay", { onFailure: "catch" }),
    step("thank", { after: ["pay"] }),
    step("apologise", {
      after: [{ step: "pay", on: "failed" }],
      reads: ["steps.pay.error", "steps.pay.status"],
    }),
    step("log", { after: [{ step: "pay", on: "finished" }] }),
  ],
  outcomes: { pay: [fails("permanent")] },
  events: [
    "run queued",
    "run started",
    "pay started",
    "pay failed permanent",
    "thank skipped",
    "apologise started",
    "log started",
    "apologise succeeded",
    "log succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  scopes: {
    apologise: {
      steps: {
        pay: {
          status: "failed",
          error: { class: "permanent", code: "permanent", message: "It failed: permanent." },
        },
      },
    },
  },
});
