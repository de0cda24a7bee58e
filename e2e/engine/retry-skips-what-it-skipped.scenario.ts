import { fails, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [
    step("choose"),
    step("large", { after: [{ step: "choose", port: "large" }] }),
    step("small", { after: [{ step: "choose", port: "small" }] }),
    step("last", { after: ["small"] }),
  ],
  outcomes: {
    choose: [succeeds({}, "small"), succeeds({}, "large")],
    last: [fails("permanent"), succeeds()],
  },
  whenIdle: [{ do: "retry", mode: "from_step", step: "last" }],
  events: [
    "run queued",
    "choose reused",
    "small reused",
    "large skipped",
    "last ready",
    "run started",
    "last started",
    "last succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
});
