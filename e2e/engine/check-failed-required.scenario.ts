import { fails, proof, scenario, step, succeeds, verifier } from "./scenario.ts";

const output = { total: -1 };

/** The output of a step that failed its check is kept to be read; a resume does the work again. */
export default scenario({
  steps: [step("fetch", { verifiers: [verifier("total")] })],
  outcomes: {
    fetch: [
      fails("verification", { output, proofs: [proof("total", "failed")] }),
      succeeds({ total: 3 }, undefined, [proof("total")]),
    ],
  },
  whenIdle: [{ do: "retry" }],
  output: { total: { ref: "steps.fetch.output.total" } },
  ends: "succeeded",
  runOutput: { total: 3 },
  verification: { fetch: "passed" },
  proofs: ["fetch total failed", "fetch total passed"],
});
