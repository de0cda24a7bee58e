import { fails, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("fetch")],
  outcomes: { fetch: [fails("validation", { output: { total: "not a number" } })] },
  events: ["run queued", "run started", "fetch started", "fetch failed validation", "run failed validation"],
  ends: "failed",
  errorCode: "validation",
});
