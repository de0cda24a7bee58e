import { scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [step("first"), step("second", { after: ["first"] })],
  outcomes: { first: [succeeds({ n: 1 }), succeeds({ n: 2 })] },
  output: { n: { ref: "steps.first.output.n" } },
  whenIdle: [{ do: "retry", mode: "restart" }],
  events: [
    "run queued",
    "run started",
    "first started",
    "first succeeded",
    "second started",
    "second succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  runOutput: { n: 2 },
  crashPoints: false,
});
