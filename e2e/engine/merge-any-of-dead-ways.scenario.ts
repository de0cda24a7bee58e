import { scenario, skips, step } from "./scenario.ts";

export default scenario({
  steps: [step("one"), step("other"), step("join", { after: ["one", "other"], join: "any" })],
  outcomes: { one: [skips], other: [skips] },
  ends: "succeeded",
  statuses: { one: "skipped", other: "skipped", join: "skipped" },
});
