import { parks, scenario, step } from "./scenario.ts";

const ask = parks({
  for: "approval",
  title: "Go on?",
  approvers: { roles: ["operator"], users: [], quorum: 1 },
  onTimeout: "fail",
});

export default scenario({
  steps: [
    step("first"),
    step("ask", { after: ["first"] }),
    step("after", { after: [{ step: "ask", port: "approved" }] }),
  ],
  outcomes: { ask: [ask] },
  whenIdle: [{ do: "cancel" }, { do: "retry" }, { do: "decide", step: "ask", verdict: "approved" }],
  ends: "succeeded",
  statuses: { first: "succeeded", ask: "succeeded", after: "succeeded" },
});
