import { fails, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [step("fetch")],
  outcomes: { fetch: [fails("transient", { output: { body: "kept" } }), succeeds({ body: "kept" })] },
  output: { body: { ref: "steps.fetch.output.body" } },
  ends: "succeeded",
  runOutput: { body: "kept" },
});
