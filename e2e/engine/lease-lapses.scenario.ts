import { crashes, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [step("fetch"), step("after", { after: ["fetch"] })],
  outcomes: { fetch: [crashes, succeeds()] },
  events: [
    "run queued",
    "run started",
    "fetch started",
    "fetch recovered",
    "fetch succeeded",
    "after started",
    "after succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  crashPoints: false,
});
