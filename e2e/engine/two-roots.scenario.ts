import { scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("one"), step("other"), step("both", { after: ["one", "other"] })],
  events: [
    "run queued",
    "run started",
    "one started",
    "other started",
    "one succeeded",
    "other succeeded",
    "both started",
    "both succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
});
