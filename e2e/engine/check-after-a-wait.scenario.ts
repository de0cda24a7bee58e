import { parks, proof, scenario, step, succeeds, verifier } from "./scenario.ts";

const ask = parks({
  for: "approval",
  title: "Pay?",
  approvers: { roles: ["operator"], users: [], quorum: 1 },
  onTimeout: "fail",
});

/** A step that people complete is checked like any other, and keeps the way they chose. */
export default scenario({
  steps: [
    step("ask", { verifiers: [verifier("commented")] }),
    step("pay", { after: [{ step: "ask", port: "approved" }] }),
  ],
  outcomes: { ask: [ask, succeeds({ decision: "approved" }, "approved", [proof("commented")])] },
  whenIdle: [{ do: "decide", step: "ask", verdict: "approved" }],
  events: [
    "run queued",
    "run started",
    "ask started",
    "ask waiting approval",
    "run waiting approval",
    "ask released",
    "run resumed",
    "ask started",
    "ask succeeded via approved",
    "pay started",
    "pay succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  kept: { ask: { output: { decision: "approved" }, checks: { port: "approved" } } },
});
