import { fails, parks, proof, scenario, step, verifier } from "./scenario.ts";

const output = { text: "Dear all" };
const ask = parks(
  {
    for: "approval",
    purpose: "verifier",
    title: "Is it right?",
    payload: output,
    approvers: { roles: ["operator"], users: [], quorum: 1 },
    onTimeout: "rejected",
  },
  { output, checks: { asking: "people" } },
);

export default scenario({
  steps: [step("write", { verifiers: [verifier("people", { kind: "approval" })] })],
  outcomes: { write: [ask, fails("verification", { output, proofs: [proof("people", "failed")] })] },
  whenIdle: [{ do: "decide", step: "write", verdict: "rejected" }],
  ends: "failed",
  errorCode: "verification",
  kept: { write: { output, checks: { answers: { people: { decision: "rejected" } } } } },
  verification: { write: "failed" },
  proofs: ["write people failed"],
});
