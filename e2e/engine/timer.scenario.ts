import { parks, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("pause"), step("after", { after: ["pause"] })],
  outcomes: { pause: [parks({ for: "timer", until: "2100-01-01T00:00:00.000Z" })] },
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
