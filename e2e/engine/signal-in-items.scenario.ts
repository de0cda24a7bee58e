import { mapOver, parks, scenario, step, succeeds } from "./scenario.ts";

const wait = (order: string) =>
  parks({ for: "signal", name: "paid", match: [{ path: ["order"], value: order }], onTimeout: "fail" });

/** Each item waits for a signal of its own; what comes goes to the item it fits, in whatever order. */
export default scenario({
  steps: mapOver("each", [step("paid", { kind: "signal-wait", config: { name: "paid" } })]),
  outcomes: {
    each__split: [succeeds({ items: ["a", "b"] })],
    "paid[0]": [wait("a")],
    "paid[1]": [wait("b")],
  },
  whenIdle: [
    { do: "signal", name: "paid", payload: { order: "b" } },
    { do: "signal", name: "paid", payload: { order: "a" } },
  ],
  ends: "succeeded",
  statuses: { "paid[0]": "succeeded", "paid[1]": "succeeded", each: "succeeded" },
});
