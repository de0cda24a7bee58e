import { proof, scenario, step, succeeds, verifier } from "./scenario.ts";

export default scenario({
  steps: [
    step("fetch", { verifiers: [verifier("nice", { required: false })] }),
    step("next", { after: ["fetch"] }),
  ],
  outcomes: { fetch: [succeeds({}, undefined, [proof("shape"), proof("nice", "failed", false)])] },
  ends: "succeeded",
  statuses: { next: "succeeded" },
  verification: { fetch: "warned" },
  proofs: ["fetch shape passed", "fetch nice failed"],
});
