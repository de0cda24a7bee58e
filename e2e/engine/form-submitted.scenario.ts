import { mapOver, parks, scenario, step } from "./scenario.ts";

const ask = parks({
  for: "form",
  title: "Where to?",
  schema: { type: "object", required: ["street"], properties: { street: { type: "string" } } },
  prefill: { street: "" },
  approvers: { roles: ["operator"], users: [], quorum: 1 },
});

/** One form at the top, and one per item of a map. */
export default scenario({
  steps: [
    step("address"),
    ...mapOver("each", [step("line")], { after: ["address"] }),
    step("send", { after: ["each"], reads: ["steps.address.output.values"] }),
  ],
  outcomes: {
    address: [ask],
    line: [ask],
    each__split: [{ kind: "succeeds", output: { items: [1, 2] } }],
  },
  whenIdle: [
    { do: "submit", step: "address", values: { street: "Main 1" } },
    { do: "submit", step: "line", values: { street: "Side 1" } },
    { do: "submit", step: "line", values: { street: "Side 2" } },
  ],
  ends: "succeeded",
  statuses: { address: "succeeded", "line[0]": "succeeded", "line[1]": "succeeded", send: "succeeded" },
  scopes: { send: { steps: { address: { output: { values: { street: "Main 1" } } } } } },
});
