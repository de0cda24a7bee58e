import { reportsTwice, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("fetch"), step("after", { after: ["fetch"] })],
  outcomes: { fetch: [reportsTwice({ n: 1 })] },
  ends: "succeeded",
  statuses: { fetch: "succeeded", after: "succeeded" },
  rejected: 1,
  crashPoints: false,
});
