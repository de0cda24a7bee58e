import { fails, proof, scenario, step, verifier } from "./scenario.ts";

/** The fallback takes the place of work whose check cannot be made, and not before the last attempt. */
export default scenario({
  steps: [step("fetch", { retry: { maxAttempts: 2 }, verifiers: [verifier("healthy")] })],
  outcomes: {
    fetch: [
      fails("transient", {
        output: { value: "made" },
        checks: { fallback: { value: "spare" } },
        fallback: true,
        proofs: [proof("healthy", "error")],
      }),
    ],
  },
  output: { value: { ref: "steps.fetch.output.value" } },
  ends: "succeeded",
  runOutput: { value: "spare" },
  kept: { fetch: { output: { value: "made" }, checks: { fallback: { value: "spare" } } } },
});
