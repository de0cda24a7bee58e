import { parks, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("address"), step("send", { after: ["address"] })],
  outcomes: {
    address: [
      parks({
        for: "form",
        title: "Where to?",
        schema: { type: "object", properties: {} },
        approvers: { roles: ["operator"], users: [], quorum: 1 },
        timeoutMs: 60_000,
      }),
    ],
  },
  events: [
    "run queued",
    "run started",
    "address started",
    "address waiting form",
    "run waiting form",
    "address failed wait_expired",
    "send cancelled",
    "run failed wait_expired",
  ],
  ends: "failed",
  errorCode: "wait_expired",
});
