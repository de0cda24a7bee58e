import { scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  input: { name: "Ada" },
  steps: [step("greet", { reads: ["input.name"] })],
  outcomes: { greet: [succeeds({ text: "Hello Ada" })] },
  output: { greeting: { ref: "steps.greet.output.text" } },
  events: ["run queued", "run started", "greet started", "greet succeeded", "run succeeded"],
  ends: "succeeded",
  runOutput: { greeting: "Hello Ada" },
  scopes: { greet: { input: { name: "Ada" } } },
});
