import { repeatOf, scenario, step, succeeds } from "./scenario.ts";

const goesOn = succeeds({ value: 1, done: false });

/** One repeat stops at its bound with what it has, the other fails there; a resume cannot change that. */
export default scenario({
  steps: [
    ...repeatOf("soft", [step("try_soft")], { maxTurns: 2, onBound: "stop" }),
    ...repeatOf("hard", [step("try_hard")], { maxTurns: 3, after: ["soft"] }),
  ],
  outcomes: {
    soft__split: [succeeds({ items: [null] })],
    soft__turn: [goesOn],
    hard__split: [succeeds({ items: [null] })],
    hard__turn: [goesOn],
  },
  whenIdle: [{ do: "retry" }],
  ends: "failed",
  errorCode: "repeat_bound",
  statuses: {
    soft: "succeeded",
    "soft__turn[1]": "succeeded",
    "hard__turn[2]": "succeeded",
    hard: "failed",
  },
});
