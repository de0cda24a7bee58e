import { parks, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("ask"), step("pay", { after: [{ step: "ask", port: "approved" }] })],
  outcomes: {
    ask: [
      parks({
        for: "approval",
        title: "Pay?",
        approvers: { roles: ["operator"], users: [], quorum: 1 },
        onTimeout: "fail",
      }),
    ],
  },
  whenIdle: [{ do: "decide", step: "ask", verdict: "rejected" }],
  events: [
    "run queued",
    "run started",
    "ask started",
    "ask waiting approval",
    "run waiting approval",
    "ask succeeded via rejected",
    "pay skipped",
    "run succeeded",
  ],
  ends: "succeeded",
});
