import { parks, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("ask"), step("after", { after: ["ask"] })],
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
  whenIdle: [{ do: "cancel" }],
  events: [
    "run queued",
    "run started",
    "ask started",
    "ask waiting approval",
    "run waiting approval",
    "run updated approval",
    "ask cancelled",
    "after cancelled",
    "run cancelled",
  ],
  ends: "cancelled",
});
