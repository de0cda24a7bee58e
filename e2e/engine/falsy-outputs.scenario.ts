import { scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [
    step("make"),
    step("read", {
      after: ["make"],
      reads: [
        "steps.make.output.zero",
        "steps.make.output.no",
        "steps.make.output.empty",
        "steps.make.output.nothing",
        "steps.make.output.absent?",
      ],
    }),
  ],
  outcomes: { make: [succeeds({ zero: 0, no: false, empty: "", nothing: null })] },
  output: {
    zero: { ref: "steps.make.output.zero" },
    nothing: { ref: "steps.make.output.nothing" },
    literal: { literal: false },
  },
  ends: "succeeded",
  runOutput: { zero: 0, nothing: null, literal: false },
  scopes: { read: { steps: { make: { output: { zero: 0, no: false, empty: "", nothing: null } } } } },
});
