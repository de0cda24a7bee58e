import { crashes, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("fetch"), step("after", { after: ["fetch"] })],
  outcomes: { fetch: [crashes] },
  events: [
    "run queued",
    "run started",
    "fetch started",
    "fetch recovered",
    "fetch recovered",
    "fetch failed poison",
    "after cancelled",
    "run failed poison",
  ],
  ends: "failed",
  errorCode: "poison",
  crashPoints: false,
});
