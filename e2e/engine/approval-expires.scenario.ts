import { parks, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("ask")],
  outcomes: {
    ask: [
      parks({
        for: "approval",
        title: "Pay?",
        approvers: { roles: ["operator"], users: [], quorum: 1 },
        timeoutMs: 60_000,
        onTimeout: "fail",
      }),
    ],
  },
  events: [
    "run queued",
    "run started",
    "ask started",
    "ask waiting approval",
    "run waiting approval",
    "ask failed wait_expired",
    "run failed wait_expired",
  ],
  ends: "failed",
  errorCode: "wait_expired",
});
