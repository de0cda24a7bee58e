import { scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [
    step("choose"),
    step("large", { after: [{ step: "choose", port: "large" }] }),
    step("small", { after: [{ step: "choose", port: "small" }] }),
    step("after_small", { after: ["small"] }),
    step("join", {
      after: ["large", "after_small"],
      join: "any",
      reads: ["steps.large.output.n", "steps.after_small.output.n"],
    }),
  ],
  outcomes: { choose: [succeeds({ large: 5 }, "large")], large: [succeeds({ n: 0 })] },
  events: [
    "run queued",
    "run started",
    "choose started",
    "choose succeeded via large",
    "large started",
    "small skipped",
    "after_small skipped",
    "large succeeded",
    "join started",
    "join succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  scopes: { join: { steps: { large: { output: { n: 0 } }, after_small: { output: { n: null } } } } },
});
