import { describe, expect, test } from "vitest";
import { work } from "./diagnosed.ts";
import { compiled, findings } from "./test-kinds.ts";

describe("a node that is switched off", () => {
  test("is bypassed when one value of a fitting type can pass", () => {
    const { plan, diagnostics } = compiled({ a: work, off: { ...work, disabled: true }, b: work }, [
      "start > a",
      "a.name > off.text",
      "off.name > b.text",
      "off.value > b",
    ]);
    expect(diagnostics).toEqual([]);
    expect(
      plan?.steps.map(({ key, inputs, dependsOn }) => [key, inputs, dependsOn.map(({ step }) => step)]),
    ).toEqual([
      ["a", {}, []],
      ["b", { text: { ref: "steps.a.output.name" } }, ["a"]],
    ]);
  });
  test("leaves its readers without a value otherwise", () => {
    expect(
      findings(
        compiled({ a: work, off: { ...work, disabled: true }, b: work }, [
          "start > a",
          "a.count > off.value",
          "off.name > b.text",
        ]),
      ),
    ).toEqual(["error port.missing b"]);
    expect(
      findings(
        compiled(
          {
            off: { ...work, disabled: true },
            b: { ...work, inputs: { value: { ref: "steps.off.output.value" } } },
          },
          ["start > off"],
        ),
      ),
    ).toEqual(["error ref.unknown b"]);
  });
  test("takes its body with it", () => {
    const { plan } = compiled(
      { m: { kind: "each", disabled: true }, inner: { ...work, parent: "m" }, a: work },
      ["start > m", "start > a"],
    );
    expect(plan?.steps.map(({ key }) => key)).toEqual(["a"]);
  });
});
