import { fails, rollbackOf, scenario, step } from "./scenario.ts";

/** Cancelling a run that undoes its steps stops that: what is left is not undone, and the run ends with its failure. */
export default scenario({
  steps: [
    step("reserve"),
    step("charge", { after: ["reserve"] }),
    step("ship", { after: ["charge"] }),
    rollbackOf("reserve"),
    rollbackOf("charge"),
  ],
  outcomes: { ship: [fails("permanent")], charge__rollback: [{ kind: "stops" }] },
  during: { charge__rollback: { do: "cancel" } },
  ends: "failed",
  errorCode: "permanent",
  statuses: { charge__rollback: "cancelled", reserve__rollback: "cancelled", ship: "failed" },
});
