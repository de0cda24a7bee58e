import { fails, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("fetch"), step("other"), step("after", { after: ["fetch"] })],
  outcomes: { fetch: [fails("permanent")] },
  events: [
    "run queued",
    "run started",
    "fetch started",
    "other started",
    "fetch failed permanent",
    "other succeeded",
    "after cancelled",
    "run failed permanent",
  ],
  ends: "failed",
});
