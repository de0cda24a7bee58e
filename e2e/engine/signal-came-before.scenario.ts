import { parks, scenario, step } from "./scenario.ts";

const wait = parks({ for: "signal", name: "payment", match: [], onTimeout: "fail" });

/** Two signals arrive while an earlier step runs; each wait takes one of them, the older first, without waiting. */
export default scenario({
  steps: [
    step("prepare"),
    step("deposit", { after: ["prepare"], kind: "signal-wait", config: { name: "payment" } }),
    step("rest", { after: ["deposit"], kind: "signal-wait", config: { name: "payment" } }),
    step("ship", { after: ["rest"], reads: ["steps.deposit.output.signal", "steps.rest.output.signal"] }),
  ],
  outcomes: { deposit: [wait], rest: [wait] },
  during: { prepare: { do: "signal", name: "payment", payload: 1 } },
  whenIdle: [{ do: "signal", name: "payment", payload: 2 }],
  ends: "succeeded",
  scopes: { ship: { steps: { deposit: { output: { signal: 1 } }, rest: { output: { signal: 2 } } } } },
});
