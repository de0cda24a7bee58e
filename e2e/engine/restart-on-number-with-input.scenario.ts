import { fails, scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [step("first", { reads: ["input.n"] })],
  input: { n: 1 },
  outcomes: { first: [fails("permanent"), succeeds()] },
  whenIdle: [
    { do: "publish", steps: [step("first", { reads: ["input.n"] }), step("second", { after: ["first"] })] },
    { do: "retry", mode: "restart", version: 1, input: { n: 2 } },
  ],
  ends: "succeeded",
  reused: [],
  statuses: { first: "succeeded" },
  scopes: { first: { input: { n: 2 } } },
});
