import { parks, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("call")],
  outcomes: { call: [parks({ for: "run", workflow: "nowhere", version: "live", input: {}, detach: false })] },
  ends: "failed",
  errorCode: "child_not_started",
});
