import { scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [step("first"), step("second", { after: ["first"] }), step("aside")],
  outcomes: { first: [succeeds({ n: 1 }), succeeds({ n: 9 })] },
  whenIdle: [
    {
      do: "publish",
      steps: [
        step("first"),
        step("second", { after: ["first"] }),
        step("third", { after: ["second"] }),
        step("aside"),
      ],
    },
    { do: "retry", mode: "from_step", step: "second", version: "live", input: { to: "somebody else" } },
  ],
  events: [
    "run queued",
    "first reused",
    "aside reused",
    "second ready",
    "run started",
    "second started",
    "second succeeded",
    "third started",
    "third succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  reused: ["first", "aside"],
});
