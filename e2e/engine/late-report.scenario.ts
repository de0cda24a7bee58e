import { reportsLate, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [step("fetch")],
  outcomes: { fetch: [reportsLate({ from: "the dead" }), succeeds({ from: "the living" })] },
  output: { from: { ref: "steps.fetch.output.from" } },
  events: [
    "run queued",
    "run started",
    "fetch started",
    "fetch recovered",
    "fetch succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  runOutput: { from: "the living" },
  rejected: 1,
  crashPoints: false,
});
