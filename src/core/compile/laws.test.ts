import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CanvasDoc } from "../canvas.ts";
import { compile } from "../compile.ts";
import { nothingAround, sha256, testKinds } from "./test-kinds.ts";

const options = { title: "Test", sha256 };

describe("the compiler never throws", () => {
  const key = fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom("a", "b", "c", "d", "e", "f", "every", "a__split") },
    { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", "", "A b") },
  );
  const path = fc.constantFrom(
    "steps.a.output.value",
    "steps.b.error?",
    "input",
    "item.x",
    "steps",
    "steps[0]",
    "vars.x",
    "constructor.x",
    "..",
    "steps.a",
    "steps.d.output.items[0]",
  );
  const expr = fc.constantFrom(
    "1 +",
    "steps.a.output.count > 1",
    "input.x.map(i, i.y)",
    "steps[input.x].output",
    "'a'.matches('b')",
    "cel.bind(x, 1, x + steps.b.output.count)",
    "__proto__",
    "{'__proto__': 1}",
    "item == index",
    "default(steps.c.output.value, 1)",
  );
  const binding = fc.oneof(
    fc.record({ ref: path }),
    fc.record({ expr }),
    fc.record({ template: expr.map((text) => `x {{ ${text} }} {{`) }),
    fc.record({ literal: fc.jsonValue({ maxDepth: 3 }) }),
  );
  const node = fc.record(
    {
      id: fc.constantFrom("1", "2", "3", "4", "5"),
      key,
      kind: fc.constantFrom(...testKinds.map(({ kind }) => kind), "unknown"),
      position: fc.constant({ x: 0, y: 0 }),
      parent: fc.constantFrom("1", "2", "3", "9"),
      inputs: fc.dictionary(fc.constantFrom("value", "text", "items", "list", "nope"), binding),
      config: fc.oneof(
        fc.constant({}),
        fc.dictionary(
          fc.constantFrom("expr", "mode", "result", "tool", "maxItems", "__proto__"),
          fc.oneof(fc.jsonValue({ maxDepth: 2 }), binding),
        ),
      ),
      when: expr,
      onFailure: fc.constantFrom("fail_run", "continue", "catch"),
      disabled: fc.boolean(),
      fallback: binding,
    },
    { requiredKeys: ["id", "key", "kind", "position"] },
  );
  const trigger = { id: "start", key: "start", kind: "start", position: { x: 0, y: 0 } };
  const tidy = fc
    .tuple(fc.uniqueArray(node, { maxLength: 6, selector: ({ key: one }) => one }), fc.boolean())
    .map(([nodes, started]) => [
      ...nodes.map((one, n) => ({ ...one, id: String(n + 1) })),
      ...(started ? [trigger] : []),
    ]);
  const port = fc.constantFrom(
    "value",
    "yes",
    "no",
    "failed",
    "finished",
    "item",
    "input",
    "items",
    "x",
    "approved",
  );
  const edge = fc.record(
    {
      id: fc.stringMatching(/^[a-z]{1,4}$/),
      source: fc.constantFrom("1", "2", "3", "4", "5", "start", "start"),
      sourcePort: port,
      target: fc.constantFrom("1", "2", "3", "4", "5", "9"),
      targetPort: port,
    },
    { requiredKeys: ["id", "source", "sourcePort", "target"] },
  );
  const doc = fc.record({
    schemaVersion: fc.constant(1),
    nodes: fc.oneof(
      { weight: 1, arbitrary: fc.array(node, { maxLength: 6 }) },
      { weight: 9, arbitrary: tidy },
    ),
    edges: fc.array(edge, { maxLength: 9 }),
    input: fc.constantFrom({}, { type: "object", properties: { x: { type: "array" } } }, { $ref: "#/x" }),
    output: fc.dictionary(fc.constantFrom("out", "b"), binding, { maxKeys: 2 }),
  });

  test(
    "on 2,000 strange canvases, and plans exist exactly when nothing is wrong",
    { timeout: 120_000 },
    () => {
      let plans = 0;
      let findings = 0;
      fc.assert(
        fc.property(doc, (strange) => {
          const { plan, diagnostics } = compile(
            strange as unknown as CanvasDoc,
            testKinds,
            nothingAround,
            options,
          );
          expect(plan === null).toBe(diagnostics.some(({ severity }) => severity === "error"));
          expect(
            diagnostics.filter(({ message }) => message.startsWith("The document cannot be compiled")),
          ).toEqual([]);
          plans += plan ? 1 : 0;
          findings += diagnostics.some(({ code }) => code !== "document.invalid") ? 1 : 0;
          if (plan)
            for (const step of plan.steps)
              for (const dep of step.dependsOn)
                expect(plan.steps.some((one) => one.key === dep.step)).toBe(true);
        }),
        { numRuns: 2_000 },
      );
      // The canvases are strange, but not so strange that nothing is tried.
      expect(plans).toBeGreaterThan(0);
      expect(findings).toBeGreaterThan(1_000);
    },
  );

  test("on values that are no canvas at all", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const { plan, diagnostics } = compile(value as CanvasDoc, testKinds, nothingAround, options);
        expect(plan).toBeNull();
        expect(diagnostics.every(({ code }) => code === "document.invalid")).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});
