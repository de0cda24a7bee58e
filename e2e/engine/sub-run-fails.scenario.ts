import { fails, parks, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("call")],
  children: { broken: { steps: [step("breaks")] } },
  outcomes: {
    call: [parks({ for: "run", workflow: "broken", version: "live", input: {}, detach: false })],
    breaks: [fails("permanent")],
  },
  ends: "failed",
  errorCode: "child_failed",
});
