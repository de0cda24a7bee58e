import { parks, proof, scenario, step, succeeds, verifier } from "./scenario.ts";

const output = { build: 12 };
const later = (asked: number) =>
  parks(
    { for: "check", verifier: "green", afterMs: 30_000 },
    { output, checks: { polls: { green: { asked, waitedMs: asked * 30_000 } } } },
  );

/** A poll gives the worker back, keeps the work and uses up none of the policy's attempts. */
export default scenario({
  steps: [
    step("build", { retry: { maxAttempts: 1 }, verifiers: [verifier("green")] }),
    step("after", { after: ["build"], reads: ["steps.build.output.build"] }),
  ],
  outcomes: {
    build: [later(1), later(2), later(3), succeeds(output, undefined, [proof("green")])],
  },
  events: [
    "run queued",
    "run started",
    "build started",
    "build waiting timer",
    "run waiting timer",
    "build released",
    "run resumed",
    "build started",
    "build waiting timer",
    "run waiting timer",
    "build released",
    "run resumed",
    "build started",
    "build waiting timer",
    "run waiting timer",
    "build released",
    "run resumed",
    "build started",
    "build succeeded",
    "after started",
    "after succeeded",
    "run succeeded",
  ],
  ends: "succeeded",
  kept: { build: { output, checks: { polls: { green: { asked: 3, waitedMs: 90_000 } } } } },
  scopes: { after: { steps: { build: { output: { build: 12 } } } } },
});
