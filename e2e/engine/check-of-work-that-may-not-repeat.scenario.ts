import { fails, handsOverTo, proof, scenario, step, succeeds, verifier } from "./scenario.ts";

const output = { messageId: "m1" };

/** Once the work of an at_most_once step is kept, neither a crash of its checks nor a resume asks anybody or does it again. */
export default scenario({
  steps: [
    step("mail", { effect: "at_most_once", retry: { maxAttempts: 1 }, verifiers: [verifier("delivered")] }),
  ],
  outcomes: {
    mail: [
      handsOverTo({ output, checks: {} }),
      { kind: "crashes", afterMarker: false },
      fails("timeout", { output, checks: {}, proofs: [proof("delivered", "error")] }),
      succeeds(output, undefined, [proof("delivered")]),
    ],
  },
  whenIdle: [{ do: "retry" }],
  events: [
    "run queued",
    "run started",
    "mail started",
    "mail handed_over",
    "mail started",
    "mail recovered",
    "mail failed timeout",
    "run failed timeout",
    "run retried",
    "mail retried",
    "run started",
    "mail started",
    "mail succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  effects: { mail: 1 },
  kept: { mail: { output, checks: {} } },
  crashPoints: false,
});
