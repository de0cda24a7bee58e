import { scenario, step } from "./scenario.ts";

export default scenario({
  steps: [
    step("top"),
    step("left", { after: ["top"] }),
    step("right", { after: ["top"] }),
    step("bottom", { after: ["left", "right"] }),
  ],
  events: [
    "run queued",
    "run started",
    "top started",
    "top succeeded",
    "left started",
    "right started",
    "left succeeded",
    "right succeeded",
    "bottom started",
    "bottom succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
});
