import { scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [
    step("first"),
    step("second", { after: ["first"], reads: ["steps.first.output.n"] }),
    step("third", { after: ["second"] }),
  ],
  outcomes: { first: [succeeds({ n: 1 }), succeeds({ n: 2 })] },
  whenIdle: [{ do: "retry", mode: "from_step", step: "second" }],
  events: [
    "run queued",
    "first reused",
    "second ready",
    "run started",
    "second started",
    "second succeeded",
    "third started",
    "third succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  scopes: { second: { steps: { first: { output: { n: 1 } } } } },
});
