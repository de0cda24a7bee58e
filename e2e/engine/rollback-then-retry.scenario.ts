import { fails, rollbackOf, scenario, step, succeeds } from "./scenario.ts";

/** A run that was undone is not resumed in place: the retry makes a new one, which does again what was undone and reuses the rest. */
export default scenario({
  steps: [
    step("look"),
    step("charge", { after: ["look"] }),
    step("ship", { after: ["charge"] }),
    rollbackOf("charge"),
  ],
  outcomes: { ship: [fails("permanent"), succeeds()] },
  whenIdle: [{ do: "retry" }],
  events: [
    "run queued",
    "look reused",
    "charge ready",
    "run started",
    "charge started",
    "charge succeeded",
    "ship started",
    "ship succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  statuses: { look: "succeeded", charge: "succeeded", ship: "succeeded" },
});
