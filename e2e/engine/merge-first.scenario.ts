import { scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [
    step("quick"),
    step("slow_start"),
    step("slow", { after: ["slow_start"] }),
    step("winner", { after: ["quick", "slow"], join: "first" }),
  ],
  outcomes: { quick: [succeeds()] },
  events: [
    "run queued",
    "run started",
    "quick started",
    "slow_start started",
    "quick succeeded",
    "slow_start succeeded",
    "slow started",
    "winner started",
    "slow succeeded",
    "winner succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
});
