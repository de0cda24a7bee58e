import { fails, mapOver, scenario, step, succeeds } from "./scenario.ts";

const body = [step("work")];

export default scenario({
  steps: [...mapOver("each", body), step("after", { after: ["each"] })],
  outcomes: {
    each__split: [succeeds({ items: [1, 2] }), succeeds({ items: [7, 8, 9] })],
    each__item: [succeeds({ value: "ok" })],
    after: [fails("permanent"), succeeds()],
  },
  output: { items: { ref: "steps.each.output.items" } },
  whenIdle: [
    {
      do: "publish",
      steps: [...mapOver("each", body), step("after", { after: ["each"], config: { changed: true } })],
      output: { items: { ref: "steps.each.output.items" } },
    },
    { do: "retry", version: "live" },
  ],
  ends: "succeeded",
  reused: ["each__split", "each"],
  runOutput: { items: ["ok", "ok"] },
});
