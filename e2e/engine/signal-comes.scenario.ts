import { parks, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [
    step("paid", { kind: "signal-wait", config: { name: "payment" } }),
    step("ship", { after: ["paid"], reads: ["steps.paid.output.signal"] }),
  ],
  outcomes: {
    paid: [
      parks({ for: "signal", name: "payment", match: [{ path: ["order"], value: 7 }], onTimeout: "fail" }),
    ],
  },
  // The first one is for another order: it is kept, and taken by nobody here.
  whenIdle: [
    { do: "signal", name: "payment", payload: { order: 6 } },
    { do: "signal", name: "payment", payload: { order: 7, total: 5 } },
  ],
  events: [
    "run queued",
    "run started",
    "paid started",
    "paid waiting signal",
    "run waiting signal",
    "paid succeeded",
    "ship ready",
    "run resumed",
    "ship started",
    "ship succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  scopes: { ship: { steps: { paid: { output: { signal: { order: 7, total: 5 } } } } } },
});
