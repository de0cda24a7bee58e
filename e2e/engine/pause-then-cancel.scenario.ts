import { scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("a"), step("b", { after: ["a"] })],
  during: { a: { do: "pause" } },
  whenIdle: [{ do: "cancel" }],
  ends: "cancelled",
  statuses: { a: "succeeded", b: "cancelled" },
  // A step whose worker dies under a pause is not tried again before the run is cancelled.
  crashPoints: false,
});
