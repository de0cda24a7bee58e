import { parks, proof, scenario, step, succeeds, verifier } from "./scenario.ts";

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

/** People say whether an output is right; the route the step chose is kept meanwhile. */
export default scenario({
  steps: [
    step("write", { effect: "at_most_once", verifiers: [verifier("people", { kind: "approval" })] }),
    step("send", { after: [{ step: "write", port: "good" }], reads: ["steps.write.output.text"] }),
    step("stop", { after: [{ step: "write", port: "bad" }] }),
  ],
  outcomes: { write: [ask, succeeds(output, "good", [proof("people")])] },
  whenIdle: [{ do: "decide", step: "write", verdict: "approved" }],
  events: [
    "run queued",
    "run started",
    "write started",
    "write waiting approval",
    "run waiting approval",
    "write released",
    "run resumed",
    "write started",
    "write succeeded via good",
    "send started",
    "stop skipped",
    "send succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  kept: { write: { output, checks: { asking: "people", answers: { people: { decision: "approved" } } } } },
  scopes: { send: { steps: { write: { output: { text: "Dear all" } } } } },
  verification: { write: "passed" },
});
