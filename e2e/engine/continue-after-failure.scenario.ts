import { fails, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("optional", { onFailure: "continue" }), step("after", { after: ["optional"] }), step("other")],
  outcomes: { optional: [fails("permanent")] },
  ends: "succeeded",
  statuses: { optional: "failed", after: "skipped", other: "succeeded" },
});
