import { parks, scenario, step } from "./scenario.ts";

const wait = (onTimeout: "fail" | "continue") =>
  parks({ for: "signal", name: "payment", match: [], timeoutMs: 60_000, onTimeout });

export default scenario({
  steps: [
    step("reminder", { kind: "signal-wait", config: { name: "payment" } }),
    step("final", { after: ["reminder"], kind: "signal-wait", config: { name: "payment" } }),
    step("ship", { after: ["final"] }),
  ],
  outcomes: { reminder: [wait("continue")], final: [wait("fail")] },
  events: [
    "run queued",
    "run started",
    "reminder started",
    "reminder waiting signal",
    "run waiting signal",
    "reminder succeeded",
    "final ready",
    "run resumed",
    "final started",
    "final waiting signal",
    "run waiting signal",
    "final failed wait_expired",
    "ship cancelled",
    "run failed wait_expired",
  ],
  ends: "failed",
  errorCode: "wait_expired",
});
