import { parks, scenario, step } from "./scenario.ts";

const ask = parks({
  for: "approval",
  title: "Pay?",
  payload: { total: 5 },
  approvers: { roles: ["operator"], users: [], quorum: 1 },
  onTimeout: "fail",
});

export default scenario({
  steps: [
    step("ask"),
    step("pay", {
      after: [{ step: "ask", port: "approved" }],
      reads: ["steps.ask.output.decision", "steps.ask.output.payload"],
    }),
    step("stop", { after: [{ step: "ask", port: "rejected" }] }),
  ],
  outcomes: { ask: [ask] },
  whenIdle: [{ do: "decide", step: "ask", verdict: "approved" }],
  events: [
    "run queued",
    "run started",
    "ask started",
    "ask waiting approval",
    "run waiting approval",
    "ask succeeded via approved",
    "pay ready",
    "stop skipped",
    "run resumed",
    "pay started",
    "pay succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  scopes: { pay: { steps: { ask: { output: { decision: "approved", payload: { total: 5 } } } } } },
});
