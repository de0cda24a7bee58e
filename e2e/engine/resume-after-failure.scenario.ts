import { fails, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [step("first"), step("second", { after: ["first"] }), step("third", { after: ["second"] })],
  outcomes: { second: [fails("permanent"), succeeds({ ok: true })] },
  whenIdle: [{ do: "retry" }],
  events: [
    "run queued",
    "run started",
    "first started",
    "first succeeded",
    "second started",
    "second failed permanent",
    "third cancelled",
    "run failed permanent",
    "run retried",
    "second retried",
    "third reset",
    "run started",
    "second started",
    "second succeeded",
    "third started",
    "third succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
});
