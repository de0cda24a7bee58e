import { describe, expect, test } from "vitest";
import { compiled, findings } from "./compile/test-kinds.ts";
import { Plan, type Dep } from "./plan.ts";

const depText = ({ step, on, port }: Dep) =>
  `${step}${port === undefined ? "" : `:${port}`}${on === "succeeded" ? "" : ` ${on}`}`;
const shape = (plan: Plan | null) =>
  plan?.steps.map(
    (step) =>
      `${step.key} < ${step.dependsOn.map(depText).join(", ")}${step.join === "all" ? "" : ` (${step.join})`}`,
  );

describe("a plan", () => {
  test("keeps what input ports take, but for those that take anything", () => {
    const { plan } = compiled(
      { pay: { kind: "call", inputs: { url: { literal: "https://example.com" } } } },
      ["start > pay"],
    );
    expect(plan?.steps[0]?.ports).toEqual({ url: { type: "string" } });
  });

  test("has a step per node, in order, with what each waits for and looks at", () => {
    const result = compiled(
      {
        pay: {
          kind: "call",
          inputs: {
            url: { literal: "https://example.com" },
            body: { expr: "{'id': input.id, 'n': steps.fetch.output.count}" },
          },
        },
        fetch: { kind: "work", inputs: { text: { template: "item {{ input.id }}" } } },
        check: { kind: "split", config: { expr: "steps.fetch.output.count > vars.limit" } },
        ask: { kind: "ask" },
        both: { kind: "join", config: { mode: "any" } },
      },
      [
        "start > fetch",
        "fetch.value > check.value",
        "check.yes > ask",
        "check.no > both",
        "ask.approved > both",
        "both.items > pay",
      ],
      {
        input: { type: "object", properties: { id: { type: "string" } } },
        variables: { limit: 3 },
        output: { paid: { ref: "steps.pay.output.body?" } },
      },
    );
    expect(findings(result)).toEqual(["warning effect.no_verifier pay"]);
    expect(shape(result.plan)).toEqual([
      "fetch < ",
      "check < fetch",
      "ask < check:yes",
      "both < ask:approved, check:no (any)",
      "pay < both, fetch",
    ]);
    const steps = new Map(result.plan?.steps.map((step) => [step.key, step]));
    expect(steps.get("check")?.reads).toEqual([
      "steps.fetch.output.count",
      "steps.fetch.output.value",
      "vars.limit",
    ]);
    expect(steps.get("pay")?.reads).toEqual(["input.id", "steps.fetch.output.count"]);
    expect(steps.get("both")?.inputs).toEqual({
      items__0: { ref: "steps.check.output.no?" },
      items__1: { ref: "steps.ask.output.approved?" },
    });
    expect(steps.get("pay")?.verifiers).toEqual([
      {
        name: "ports",
        kind: "json_schema",
        config: { target: "outputs" },
        required: true,
        timeoutMs: 15_000,
      },
    ]);
    expect(steps.get("fetch")?.verifiers).toEqual([]);
    expect(result.plan?.triggers).toEqual([
      { key: "start", kind: "start", config: {}, map: {}, nodeId: "xstart" },
    ]);
    expect(result.plan?.risks.map(({ code, step }) => `${code} ${step}`)).toEqual(["effect.no_verifier pay"]);
    expect(Plan.parse(result.plan)).toEqual(result.plan);
  });

  test("reads the run's input through a wire from a trigger", () => {
    const { plan } = compiled({ a: { kind: "work" } }, ["start > a.value"]);
    expect(plan?.steps[0]?.inputs).toEqual({ value: { ref: "input" } });
    expect(plan?.steps[0]?.dependsOn).toEqual([]);
  });

  test("follows failures and ends by the reserved ports", () => {
    const { plan, diagnostics } = compiled(
      {
        a: { kind: "work", onFailure: "catch" },
        fix: { kind: "work", inputs: { value: { ref: "steps.a.error" } } },
        log: { kind: "work" },
      },
      ["start > a", "a.failed > fix", "a.finished > log"],
    );
    expect(diagnostics).toEqual([]);
    expect(shape(plan)).toEqual(["a < ", "fix < a failed", "log < a finished"]);
  });

  test("depends on what is only named", () => {
    const { plan } = compiled(
      { a: { kind: "work" }, b: { kind: "work", when: "steps.a.output.count > 1" } },
      ["start > a"],
    );
    expect(shape(plan)).toEqual(["a < ", "b < a"]);
    expect(plan?.steps[1]?.when).toBe("steps.a.output.count > 1");
  });

  test("numbers the ways into a port that takes many by the rank of their sources", () => {
    const { plan } = compiled(
      { a: { kind: "work" }, z: { kind: "work" }, m: { kind: "work" }, all: { kind: "join" } },
      ["start > z", "start > a", "a.value > m", "m.name > all", "z.value > all", "a.value > all.items"],
    );
    expect(plan?.steps.at(-1)?.inputs).toEqual({
      items__0: { ref: "steps.a.output.value?" },
      items__1: { ref: "steps.z.output.value?" },
      items__2: { ref: "steps.m.output.name?" },
    });
  });
});

describe("a map", () => {
  const nodes = {
    list: {
      kind: "work",
      config: {
        result: { type: "array", items: { type: "object", properties: { id: { type: "integer" } } } },
      },
    },
    other: { kind: "work" },
    every: {
      kind: "each",
      inputs: { items: { ref: "steps.list.output.value" } },
      config: { maxItems: 5, result: { expr: "steps.inner.output.count + index" } },
    },
    inner: {
      kind: "work",
      parent: "every",
      inputs: { text: { template: "{{ item.id }} of {{ steps.other.output.name }}" } },
    },
    after: { kind: "work", inputs: { value: { ref: "steps.every.output.items" } } },
  };

  test("becomes a split, its body, an item step and a collector", () => {
    const { plan, diagnostics } = compiled(nodes, ["start > list", "start > other"]);
    expect(diagnostics).toEqual([]);
    expect(shape(plan)).toEqual([
      "list < ",
      "other < ",
      "every__split < list, other",
      "inner < every__split",
      "every__item < inner",
      "every < every__split",
      "after < every",
    ]);
    expect(
      plan?.steps
        .map(({ key, role, within }) => [key, role, within])
        .filter(([, role, within]) => role ?? within),
    ).toEqual([
      ["every__split", "split", undefined],
      ["inner", undefined, "every"],
      ["every__item", "item", "every"],
      ["every", "collect", undefined],
    ]);
    expect(plan?.steps.find(({ key }) => key === "every__item")?.reads).toEqual([
      "index",
      "steps.inner.output.count",
    ]);
    expect(plan?.steps.find(({ key }) => key === "every__split")?.reads).toEqual(["steps.list.output.value"]);
    expect(plan?.steps.find(({ key }) => key === "inner")?.reads).toEqual([
      "item.id",
      "steps.other.output.name",
    ]);
  });

  test("has its deadline on the split and the collector, not on its items", () => {
    const every = { ...nodes.every, deadlineMs: 60_000 };
    const { plan } = compiled({ ...nodes, every }, ["start > list", "start > other"]);
    expect(plan?.steps.filter(({ deadlineMs }) => deadlineMs === 60_000).map(({ key }) => key)).toEqual([
      "every__split",
      "every",
    ]);
  });

  test("knows the type of its items", () => {
    const inner = { ...nodes.inner, inputs: { text: { template: "{{ item.idd }}" } } };
    expect(findings(compiled({ ...nodes, inner }, ["start > list", "start > other"]))).toEqual([
      "error ref.unknown inner",
    ]);
  });

  test("keeps its steps to itself", () => {
    const after = { kind: "work", inputs: { value: { ref: "steps.inner.output.value" } } };
    const result = compiled({ ...nodes, after }, ["start > list", "start > other"]);
    expect(findings(result)).toEqual(["error ref.unknown after"]);
    expect(result.diagnostics[0]?.hint).toBe("Read steps.every.output.items instead.");
    expect(findings(compiled(nodes, ["start > list", "start > other", "other.value > inner.value"]))).toEqual(
      ["error graph.crosses_body inner"],
    );
  });

  test("takes whichever way through its body was taken", () => {
    const { plan, diagnostics } = compiled(
      {
        every: { kind: "each", inputs: { items: { ref: "input" } }, config: { maxItems: 5 } },
        pick: { kind: "split", parent: "every", config: { expr: "index > 1" } },
        left: { kind: "work", parent: "every" },
        right: { kind: "work", parent: "every" },
      },
      ["pick.yes > left", "pick.no > right", "every.item > pick.value"],
      { input: {} },
    );
    expect(diagnostics).toEqual([]);
    expect(shape(plan)).toEqual([
      "every__split < ",
      "pick < every__split",
      "left < pick:yes",
      "right < pick:no",
      "every__item < left, right (any)",
      "every < every__split",
    ]);
    expect(plan?.steps[1]?.inputs).toEqual({ value: { ref: "item" } });
  });

  test("nests up to three deep", () => {
    const deep = (depth: number) => {
      const all: Record<string, { kind: string } & Record<string, unknown>> = {};
      for (let n = 0; n < depth; n++)
        all[`m${n}`] = {
          kind: "each",
          config: { maxItems: 5 },
          inputs: { items: { ref: n === 0 ? "input" : "item" } },
          ...(n > 0 ? { parent: `m${n - 1}` } : {}),
        };
      return { ...all, leaf: { kind: "work", parent: `m${depth - 1}` } };
    };
    expect(findings(compiled(deep(3), [], { input: {} }))).toEqual([]);
    expect(findings(compiled(deep(4), [], { input: {} }))).toContain("error graph.too_large leaf");
    expect(shape(compiled(deep(2), [], { input: {} }).plan)).toEqual([
      "m0__split < ",
      "m1__split < m0__split",
      "leaf < m1__split",
      "m1__item < leaf",
      "m1 < m1__split",
      "m0__item < m1",
      "m0 < m0__split",
    ]);
  });
});
