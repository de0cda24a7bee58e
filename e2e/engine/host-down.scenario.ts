import { parks, scenario, step, succeeds } from "./scenario.ts";

// The worker was told that the host keeps failing and did not call it: that uses up no attempt, and the step goes on by itself.
export default scenario({
  steps: [step("call", { retry: { maxAttempts: 1 } }), step("after", { after: ["call"] })],
  outcomes: { call: [parks({ for: "host", host: "api.example.com" }), succeeds()] },
  events: [
    "run queued",
    "run started",
    "call started",
    "call waiting limit",
    "call released",
    "call started",
    "call succeeded",
    "after started",
    "after succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
});
