import { scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("long"), step("after", { after: ["long"] })],
  outcomes: { long: [{ kind: "stops" }] },
  during: { long: { do: "cancel" } },
  events: [
    "run queued",
    "run started",
    "long started",
    "run updated",
    "after cancelled",
    "long cancelled",
    "run cancelled",
  ],
  ends: "cancelled",
});
