import { parks, scenario, step, succeeds } from "./scenario.ts";

/** A detached run is started and left alone: the step succeeds at once. */
export default scenario({
  steps: [step("call"), step("after", { after: ["call"] })],
  children: { adder: { steps: [step("add")] } },
  outcomes: {
    call: [parks({ for: "run", workflow: "adder", version: "live", input: {}, detach: true })],
    add: [succeeds()],
  },
  events: [
    "run queued",
    "run started",
    "call started",
    "call waiting signal",
    "call succeeded",
    "after started",
    "after succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
});
