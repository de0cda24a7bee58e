import { scenario, step, succeeds } from "./scenario.ts";

export default scenario({
  steps: [
    step("read"),
    step("mail", { after: ["read"], effect: "at_most_once" }),
    step("log", { after: ["read", "mail"], reads: ["steps.mail.output.id"] }),
  ],
  outcomes: { mail: [succeeds({ id: "sent once" }), succeeds({ id: "sent twice" })] },
  whenIdle: [{ do: "retry", mode: "from_step", step: "read", decisions: { mail: "treat_as_done" } }],
  ends: "succeeded",
  reused: ["mail"],
  statuses: { read: "succeeded", log: "succeeded" },
  scopes: { log: { steps: { mail: { output: { id: "sent once" } } } } },
  crashPoints: false,
});
