import { parks, scenario, step } from "./scenario.ts";

/** A duration is counted by the engine's clock from the report, not by the worker's. */
export default scenario({
  steps: [step("pause"), step("after", { after: ["pause"] })],
  outcomes: { pause: [parks({ for: "timer", forMs: 3_600_000 })] },
  events: [
    "run queued",
    "run started",
    "pause started",
    "pause waiting timer",
    "run waiting timer",
    "pause succeeded",
    "after ready",
    "run resumed",
    "after started",
    "after succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
});
