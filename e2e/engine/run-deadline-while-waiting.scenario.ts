import { parks, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("ask")],
  settings: { deadlineMs: 600_000 },
  outcomes: {
    ask: [
      parks({
        for: "approval",
        title: "Go on?",
        approvers: { roles: ["operator"], users: [], quorum: 1 },
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
    "ask cancelled",
    "run failed deadline",
  ],
  ends: "failed",
  errorCode: "deadline",
});
