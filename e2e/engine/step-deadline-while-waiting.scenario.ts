import { parks, scenario, step } from "./scenario.ts";

// The deadline covers the waits too: nobody decides, and the step fails before the question expires.
export default scenario({
  steps: [step("ask", { deadlineMs: 60_000, onFailure: "continue" }), step("other")],
  outcomes: {
    ask: [
      parks({
        for: "approval",
        title: "Go on?",
        approvers: { roles: ["operator"], users: [], quorum: 1 },
        timeoutMs: 86_400_000,
        onTimeout: "fail",
      }),
    ],
  },
  events: [
    "run queued",
    "run started",
    "ask started",
    "other started",
    "ask waiting approval",
    "other succeeded",
    "run waiting approval",
    "ask failed deadline",
    "run succeeded",
  ],
  ends: "succeeded",
  statuses: { ask: "failed", other: "succeeded" },
});
