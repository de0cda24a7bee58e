import { describe, expect, test } from "vitest";
import { compiled, findings } from "./test-kinds.ts";

describe("the output", () => {
  test("keeps references and computes the rest in one last step", () => {
    const { plan, diagnostics } = compiled(
      { a: { kind: "work" }, b: { kind: "work" } },
      ["start > a", "start > b"],
      {
        output: {
          raw: { ref: "steps.a.output.value" },
          text: { template: "{{ steps.a.output.name }} {{ steps.b.output.count }}" },
          fixed: { literal: 1 },
        },
      },
    );
    expect(diagnostics).toEqual([]);
    expect(plan?.output).toEqual({
      raw: { ref: "steps.a.output.value" },
      text: { ref: "steps.run__output.output.value.text?" },
      fixed: { literal: 1 },
    });
    expect(plan?.steps.at(-1)).toMatchObject({
      key: "run__output",
      kind: "transform",
      dependsOn: [
        { step: "a", on: "finished" },
        { step: "b", on: "finished" },
      ],
      config: { fields: { text: { template: "{{ steps.a.output.name }} {{ steps.b.output.count }}" } } },
      reads: ["steps.a.output.name", "steps.b.output.count"],
    });
    expect(plan?.outputSchema).toMatchObject({ properties: { text: { type: "string" } } });
  });

  test("must say what it gives when a step did not run", () => {
    const nodes = { pick: { kind: "split" }, a: { kind: "work" } };
    const wires = ["start > pick", "pick.yes > a"];
    expect(findings(compiled(nodes, wires, { output: { x: { ref: "steps.a.output.value" } } }))).toEqual([
      "error ref.maybe_missing",
    ]);
    expect(findings(compiled(nodes, wires, { output: { x: { ref: "steps.a.output.value?" } } }))).toEqual([]);
    expect(
      findings(compiled(nodes, wires, { output: { x: { expr: "default(steps.a.output.value, 1)" } } })),
    ).toEqual([]);
  });
});

describe("a value that is not there on every route", () => {
  const base = {
    pick: { kind: "split" },
    a: { kind: "work" },
    b: { kind: "work" },
    both: { kind: "join", config: { mode: "any" } },
  };
  const wires = ["start > pick", "pick.yes > a", "pick.no > b", "a.value > both", "b.value > both"];
  const reading = (ref: string, more: string[] = []) =>
    findings(
      compiled({ ...base, end: { kind: "work", inputs: { value: { ref } } } }, [
        ...wires,
        "both.first > end",
        ...more,
      ]),
    );

  test("is refused after the routes join, unless it may be absent", () => {
    expect(reading("steps.a.output.value")).toEqual(["error ref.maybe_missing end"]);
    expect(reading("steps.a.output.value?")).toEqual([]);
    expect(reading("steps.both.output.first")).toEqual([]);
    expect(reading("steps.pick.output.yes")).toEqual([]);
  });

  test("is fine on its own route", () => {
    expect(
      findings(
        compiled({ ...base, end: { kind: "work", inputs: { value: { ref: "steps.a.output.value" } } } }, [
          ...wires,
          "a.value > end.text",
        ]),
      ),
    ).not.toContain("error ref.maybe_missing end");
  });

  test("is found behind a failure and a condition too", () => {
    const caught = {
      a: { kind: "work", onFailure: "continue" },
      end: { kind: "work", inputs: { value: { ref: "steps.a.output.value" } } },
    };
    expect(findings(compiled(caught, ["start > a", "a.finished > end"]))).toEqual([
      "error ref.maybe_missing end",
    ]);
    const fallback = { ...caught, a: { ...caught.a, fallback: { literal: {} } } };
    expect(findings(compiled(fallback, ["start > a", "a.finished > end"]))).toEqual([]);
  });
});

describe("a join", () => {
  const nodes = (mode: string) => ({
    pick: { kind: "split" },
    a: { kind: "work" },
    b: { kind: "work" },
    both: { kind: "join", config: { mode } },
  });
  const wires = ["start > pick", "pick.yes > a", "pick.no > b", "a.value > both", "b.value > both"];

  test("of routes that are never taken together is refused", () => {
    const result = compiled(nodes("all"), wires);
    expect(findings(result)).toEqual(["error graph.never_joins both"]);
    expect(result.diagnostics[0]?.message).toBe("both waits for routes that are never taken together: a, b.");
    expect(findings(compiled(nodes("any"), wires))).toEqual([]);
  });
});
