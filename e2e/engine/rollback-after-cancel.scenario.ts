import { mapOver, parks, rollbackOf, scenario, step, succeeds } from "./scenario.ts";

/** A cancelled run undoes each item's step too, the last one first. */
export default scenario({
  steps: [
    ...mapOver("each", [step("book", { reads: ["item"] }), rollbackOf("book", { reads: ["item"] })], {
      concurrency: 1,
    }),
    step("ask", { after: ["each"] }),
  ],
  outcomes: {
    each__split: [succeeds({ items: ["a", "b"] })],
    ask: [parks({ for: "timer", until: "2999-01-01T00:00:00.000Z" })],
  },
  whenIdle: [{ do: "cancel" }],
  ends: "cancelled",
  statuses: {
    "book[0]": "succeeded",
    "book[1]": "succeeded",
    each: "succeeded",
    ask: "cancelled",
    "book__rollback[0]": "succeeded",
    "book__rollback[1]": "succeeded",
  },
  scopes: { "book__rollback[1]": { item: "b" } },
});
