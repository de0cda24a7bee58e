import { parks, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [step("call"), step("after", { after: ["call"], reads: ["steps.call.output.sum"] })],
  children: {
    adder: { steps: [step("add", { reads: ["input.a"] })], output: { sum: { ref: "steps.add.output.sum" } } },
  },
  outcomes: {
    call: [parks({ for: "run", workflow: "adder", version: "live", input: { a: 2 }, detach: false })],
    add: [succeeds({ sum: 5 })],
  },
  events: [
    "run queued",
    "run started",
    "call started",
    "call waiting signal",
    "run waiting signal",
    "call succeeded",
    "after ready",
    "run resumed",
    "after started",
    "after succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  scopes: { add: { input: { a: 2 } }, after: { steps: { call: { output: { sum: 5 } } } } },
});
