import { scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [
    step("first"),
    step("second", { after: ["first"], reads: ["steps.first.output.n", "steps.first.status", "vars.limit"] }),
    step("third", { after: ["second"] }),
  ],
  outcomes: { first: [succeeds({ n: 1, unread: true })] },
  events: [
    "run queued",
    "run started",
    "first started",
    "first succeeded",
    "second started",
    "second succeeded",
    "third started",
    "third succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  scopes: { second: { steps: { first: { output: { n: 1 }, status: "succeeded" } }, vars: { limit: 1_000 } } },
});
