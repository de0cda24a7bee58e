import { fails, proof, scenario, step, succeeds, verifier } from "./scenario.ts";

const output = { id: 7 };

/** The work is done once; a check that cannot reach its target is made again by the step's policy. */
export default scenario({
  steps: [step("deploy", { effect: "idempotent", verifiers: [verifier("shape"), verifier("healthy")] })],
  outcomes: {
    deploy: [
      fails("transient", {
        output,
        checks: { done: [{ verifier: "shape", verdict: "passed", required: true }] },
        proofs: [proof("shape"), proof("healthy", "error")],
      }),
      succeeds(output, undefined, [proof("healthy")]),
    ],
  },
  output: { id: { ref: "steps.deploy.output.id" } },
  events: [
    "run queued",
    "run started",
    "deploy started",
    "deploy waiting retry",
    "run waiting retry",
    "run resumed",
    "deploy started",
    "deploy succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  runOutput: { id: 7 },
  kept: { deploy: { output, checks: { done: [{ verifier: "shape", verdict: "passed", required: true }] } } },
  proofs: ["deploy shape passed", "deploy healthy error", "deploy healthy passed"],
  verification: { deploy: "passed" },
});
