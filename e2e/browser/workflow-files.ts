// Workflow files the specs import, as a person would have them on disk.

const file = (title: string, nodes: object[], edges: object[], settings: object = {}) =>
  JSON.stringify({
    runboard: 1,
    slug: title.toLowerCase().replaceAll(" ", "-"),
    title,
    doc: { schemaVersion: 1, nodes, edges, settings },
  });

const trigger = { id: "n1", key: "start", kind: "trigger-manual", position: { x: 0, y: 0 } };
const wait = (forMs: number) => ({
  id: "n2",
  key: "sleep",
  kind: "wait",
  title: "Sleep on it",
  config: { forMs },
  position: { x: 300, y: 0 },
});
const first = { id: "e1", source: "n1", sourcePort: "input", target: "n2" };

/** Waits for an hour and does nothing else. */
export const longWait = file("Long wait", [trigger, wait(3_600_000)], [first]);

/** Waits for a few seconds, long enough to be interrupted, then finishes. */
export const nap = file(
  "Nap",
  [
    trigger,
    wait(5_000),
    {
      id: "n3",
      key: "wake",
      kind: "transform",
      title: "Wake up",
      config: { fields: { awake: { literal: true } } },
      position: { x: 600, y: 0 },
    },
  ],
  [first, { id: "e2", source: "n2", sourcePort: "finished", target: "n3" }],
);

/** Two transforms, one after the other. */
export const twoTransforms = file(
  "Two transforms",
  [
    trigger,
    { id: "n2", key: "first", kind: "transform", title: "First", position: { x: 300, y: 0 } },
    { id: "n3", key: "second", kind: "transform", title: "Second", position: { x: 600, y: 0 } },
  ],
  [first, { id: "e2", source: "n2", sourcePort: "value", target: "n3" }],
);

/** A kind that no Runboard knows. */
export const unknownKind = file(
  "Unknown kind",
  [trigger, { id: "n2", key: "odd", kind: "teleport", position: { x: 300, y: 0 } }],
  [first],
);

/** Sends something that must not be sent twice, then always fails. @param url where the product runs */
export const sendsThenFails = (url: string): string =>
  file(
    "Sends then fails",
    [
      trigger,
      {
        id: "n2",
        key: "send",
        kind: "http-request",
        title: "Send the message",
        config: { method: "POST" },
        effect: "at_most_once",
        inputs: { url: { literal: `${url}/functions/v1/practice/status/200` } },
        position: { x: 300, y: 0 },
      },
      {
        id: "n3",
        key: "record",
        kind: "fail",
        title: "Record it",
        config: { code: "crm_down" },
        inputs: { message: { literal: "The CRM did not answer." } },
        position: { x: 600, y: 0 },
      },
    ],
    [first, { id: "e2", source: "n2", sourcePort: "finished", target: "n3" }],
  );

const ask = (id: string, key: string, title: string, x: number) => ({
  id,
  key,
  kind: "llm",
  title,
  config: { maxTokens: 100 },
  inputs: { prompt: { literal: "Say in one sentence what a workflow is." } },
  position: { x, y: 0 },
});

/** Asks the sandbox model twice, with a budget that covers one answer only. */
export const thrifty = file(
  "Thrifty",
  [trigger, ask("n2", "draft", "Write a draft", 300), ask("n3", "polish", "Polish it", 600)],
  [{ ...first }, { id: "e2", source: "n2", sourcePort: "finished", target: "n3" }],
  { budgets: { tokens: 120, calls: 10 } },
);

/** One step whose output is checked by two expressions: the required one passes, the optional one does not. */
export const checkedTwice = file(
  "Checked twice",
  [
    trigger,
    {
      id: "n2",
      key: "sum",
      kind: "transform",
      title: "Add it up",
      config: { fields: { sum: { expr: "3 + 4" } } },
      verifiers: [
        { name: "is_seven", kind: "expr", config: { expr: "output.value.sum == 7" }, required: true },
        { name: "is_eight", kind: "expr", config: { expr: "output.value.sum == 8" }, required: false },
      ],
      position: { x: 300, y: 0 },
    },
  ],
  [first],
);
