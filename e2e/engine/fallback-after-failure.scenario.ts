import { fails, scenario, step } from "./scenario.ts";

export default scenario({
  steps: [step("fetch", { retry: { maxAttempts: 2 } }), step("after", { after: ["fetch"] })],
  outcomes: { fetch: [fails("transient", { output: { price: 0 }, fallback: true })] },
  output: { price: { ref: "steps.fetch.output.price" } },
  events: [
    "run queued",
    "run started",
    "fetch started",
    "fetch waiting retry",
    "run waiting retry",
    "run resumed",
    "fetch started",
    "fetch succeeded",
    "after started",
    "after succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  runOutput: { price: 0 },
});
