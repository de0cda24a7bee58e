// Repeats, rollbacks, forms and signals, compiled with the kinds as they ship.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CanvasDoc, type CanvasNode } from "../core/canvas.ts";
import { compile } from "../core/compile.ts";
import { registry } from "./registry.gen.ts";

const sha256 = (utf8: Uint8Array) => createHash("sha256").update(utf8).digest("hex");
type Part = Partial<CanvasNode> & { key: string; kind: string };
const at = { position: { x: 0, y: 0 } };

function compiled(nodes: Part[], edges: string[], rest: object = {}) {
  const doc = CanvasDoc.parse({
    schemaVersion: 1,
    nodes: [
      { id: "start", key: "start", kind: "trigger-manual", ...at },
      ...nodes.map((node) => ({ id: node.key, ...at, ...node })),
    ],
    edges: edges.map((edge, n) => {
      const [from = "", to = ""] = edge.split(" > ");
      const [source, sourcePort] = from.split(".");
      const [target, targetPort] = to.split(".");
      return {
        id: `e${n}`,
        source,
        sourcePort: sourcePort ?? "input",
        target,
        ...(targetPort ? { targetPort } : {}),
      };
    }),
    ...rest,
  });
  return compile(doc, registry, { tools: [], workflows: [], connections: [] }, { title: "Test", sha256 });
}
const said = ({ diagnostics }: ReturnType<typeof compiled>) =>
  diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code, path, message }) => ({ code, path, message }));

describe("a repeat", () => {
  const poll = (config: object): Part[] => [
    {
      key: "poll",
      kind: "repeat",
      config: { maxTurns: 5, until: "steps.check.output.value.ok", ...config },
      inputs: { start: { literal: 0 } },
    },
    {
      key: "check",
      kind: "transform",
      parent: "poll",
      config: { fields: { ok: { expr: "turn > 2" }, n: { ref: "previous" } } },
    },
    { key: "after", kind: "transform", config: { fields: { last: { ref: "steps.poll.output.last" } } } },
  ];
  const edges = ["start > poll", "poll.last > after"];

  test("becomes its opening, its body, the end of a turn and itself", () => {
    const { plan } = compiled(poll({ result: { ref: "steps.check.output.value.n" } }), edges);
    expect(plan?.steps.map(({ key, role, within, reads }) => ({ key, role, within, reads }))).toEqual([
      { key: "poll__split", role: "split", within: undefined, reads: [] },
      { key: "check", role: undefined, within: "poll", reads: ["previous", "turn"] },
      {
        key: "poll__turn",
        role: "turn",
        within: "poll",
        reads: ["steps.check.output.value.n", "steps.check.output.value.ok"],
      },
      { key: "poll", role: "collect", within: undefined, reads: [] },
      { key: "after", role: undefined, within: undefined, reads: ["steps.poll.output.last"] },
    ]);
  });

  test("needs a bound and a condition that is a yes or no", () => {
    const [loop, ...body] = poll({});
    const endless = { key: "poll", kind: "repeat", config: { until: "true" }, inputs: loop?.inputs ?? {} };
    expect(said(compiled([endless, ...body], edges))).toEqual([
      { code: "loop.no_bound", path: "config.maxTurns", message: 'poll has no "Most turns" yet.' },
    ]);
    expect(said(compiled(poll({ until: "steps.check.output.value.n + 1" }), edges))).toMatchObject([
      { code: "expr.type", path: "config.until" },
    ]);
  });

  test("has no items, and a map in it has both", () => {
    const inner: Part[] = [
      ...poll({}),
      {
        key: "each",
        kind: "map",
        parent: "poll",
        config: { maxItems: 3 },
        inputs: { items: { literal: [1] } },
      },
      { key: "cell", kind: "transform", parent: "each", config: { fields: { v: { expr: "item + turn" } } } },
    ];
    expect(said(compiled(inner, edges))).toEqual([]);
    const wrong = poll({ until: "item == 1" });
    expect(said(compiled(wrong, edges))).toMatchObject([{ code: "ref.unknown", path: "config.until" }]);
  });
});

describe("a rollback", () => {
  const pay = (rollback: object): Part[] => [
    { key: "look", kind: "transform", config: { fields: { id: { literal: 1 } } } },
    {
      key: "pay",
      title: "Pay",
      kind: "http-request",
      config: { method: "POST" },
      inputs: { url: { literal: "https://pay.example.com" } },
      rollback: { kind: "http-request", config: { method: "DELETE" }, inputs: {}, ...rollback },
    },
  ];
  const edges = ["start > look", "look.value > pay"];

  test("becomes a step at the end of the plan, which nothing waits for and which reads what it undoes", () => {
    const { plan, diagnostics } = compiled(
      pay({ inputs: { url: { template: "https://pay.example.com/{{ steps.pay.output.body.id }}" } } }),
      edges,
    );
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(plan?.steps.map(({ key }) => key)).toEqual(["look", "pay", "pay__rollback"]);
    expect(plan?.steps.at(-1)).toMatchObject({
      key: "pay__rollback",
      role: "rollback",
      title: "Undo: Pay",
      nodeId: "pay",
      kind: "http-request",
      config: { method: "DELETE" },
      dependsOn: [],
      reads: ["steps.pay.output.body.id"],
      onFailure: "continue",
      effect: "idempotent",
    });
  });

  test("is checked like a node, at places of its own", () => {
    expect(said(compiled(pay({ config: { method: "FETCH" } }), edges))).toMatchObject([
      { code: "node.config", path: "rollback.config.method" },
    ]);
    expect(said(compiled(pay({}), edges))).toMatchObject([
      { code: "port.missing", path: "rollback.inputs.url" },
    ]);
    expect(said(compiled(pay({ inputs: { url: { ref: "steps.nobody.output.x" } } }), edges))).toMatchObject([
      { code: "ref.unknown", path: "rollback.inputs.url" },
    ]);
    expect(said(compiled(pay({ kind: "map" }), edges))).toEqual([
      {
        code: "node.unknown_kind",
        path: "rollback.kind",
        message: "Pay cannot be undone by a for each node.",
      },
    ]);
  });

  test("of a node in a body stands in that body", () => {
    const { plan } = compiled(
      [
        { key: "each", kind: "map", config: { maxItems: 3 }, inputs: { items: { literal: ["a"] } } },
        {
          ...pay({ inputs: { url: { template: "https://pay.example.com/{{ item }}" } } })[1],
          key: "pay",
          kind: "http-request",
          parent: "each",
        },
      ],
      ["start > each"],
    );
    expect(plan?.steps.find(({ key }) => key === "pay__rollback")).toMatchObject({
      within: "each",
      reads: ["item"],
    });
    expect(plan?.steps.find(({ key }) => key === "each__item")).toMatchObject({
      dependsOn: [{ step: "pay" }],
    });
  });
});

test("a form's values have the types of its questions", () => {
  const schema = { type: "object", required: ["size"], properties: { size: { type: "integer" } } };
  const nodes: Part[] = [
    { key: "ask", kind: "form", config: { schema }, inputs: { title: { literal: "How many?" } } },
    {
      key: "next",
      kind: "transform",
      config: { fields: { n: { expr: "steps.ask.output.values.sice + 1" } } },
    },
  ];
  expect(said(compiled(nodes, ["start > ask", "ask.values > next"]))).toMatchObject([
    { code: "ref.unknown" },
  ]);
});

test("a signal's condition takes equalities and says so about anything else", () => {
  const wait = (match: string): Part[] => [
    { key: "wait", kind: "signal-wait", config: { name: "paid", match } },
  ];
  const input = { input: { type: "object", properties: { order: { type: "integer" } } } };
  const { plan } = compiled(wait("signal.order == input.order"), ["start > wait"], input);
  expect(plan?.steps[0]?.reads).toEqual(["input.order"]);
  expect(said(compiled(wait("signal.total > 5"), ["start > wait"], input))).toEqual([
    {
      code: "node.config",
      path: "config.match",
      message:
        'wait: "Only when" does not fit: it must be equalities joined by &&, such as signal.order == input.order.',
    },
  ]);
});
