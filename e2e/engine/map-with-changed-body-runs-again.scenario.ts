import { fails, mapOver, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [...mapOver("each", [step("work")]), step("after", { after: ["each"] })],
  outcomes: {
    each__split: [succeeds({ items: [1, 2] }), succeeds({ items: [7, 8, 9] })],
    each__item: [succeeds({ value: "ok" })],
    after: [fails("permanent"), succeeds()],
  },
  whenIdle: [
    {
      do: "publish",
      steps: [
        ...mapOver("each", [step("work", { config: { changed: true } })]),
        step("after", { after: ["each"] }),
      ],
      output: { items: { ref: "steps.each.output.items" } },
    },
    { do: "retry", version: "live" },
  ],
  ends: "succeeded",
  reused: [],
  runOutput: { items: ["ok", "ok", "ok"] },
});
