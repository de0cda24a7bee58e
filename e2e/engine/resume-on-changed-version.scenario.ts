import { fails, scenario, step, succeeds } from "./scenario.ts";

const number = { n: { type: "number" } };

export default scenario({
  steps: [
    step("kept", { outputs: number }),
    step("changed", { outputs: number }),
    step("unfit", { outputs: number }),
    step("below", { after: ["unfit"] }),
    step("last", { after: ["kept", "changed", "below"] }),
  ],
  outcomes: {
    kept: [succeeds({ n: 1 }), succeeds({ n: 9 })],
    changed: [succeeds({ n: 2 }), succeeds({ n: 9 })],
    unfit: [succeeds({ n: 3 }), succeeds({ n: "three" })],
    below: [succeeds({ n: 4 }), succeeds({ n: 5 })],
    last: [fails("permanent"), succeeds()],
  },
  whenIdle: [
    {
      do: "publish",
      steps: [
        step("kept", { outputs: number }),
        step("changed", { outputs: number, config: { other: true } }),
        step("unfit", { outputs: { n: { type: "string" } } }),
        step("below", { after: ["unfit"] }),
        step("last", { after: ["kept", "changed", "below"] }),
        step("added", { after: ["last"] }),
      ],
      output: {
        kept: { ref: "steps.kept.output.n" },
        unfit: { ref: "steps.unfit.output.n" },
        below: { ref: "steps.below.output.n" },
      },
    },
    { do: "retry", version: "live" },
  ],
  ends: "succeeded",
  reused: ["kept", "changed"],
  statuses: { unfit: "succeeded", below: "succeeded", last: "succeeded", added: "succeeded" },
  runOutput: { kept: 1, unfit: "three", below: 5 },
});
