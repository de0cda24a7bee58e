import { expect, test } from "vitest";
import { nodeOf } from "../../src/nodes/registry.gen.ts";
import { resolveInputs, withoutAbsent } from "./step-inputs.ts";

const given = (kind: string, inputs: Parameters<typeof resolveInputs>[0]["inputs"], scope = {}) => {
  const node = nodeOf(kind)!;
  return withoutAbsent(node, { inputs }, resolveInputs({ inputs }, scope));
};

test("an optional port takes a reference that finds nothing as left out", () => {
  expect(
    given("llm", { prompt: { literal: "hi" }, system: { ref: "input.system?" } }, { input: {} }),
  ).toEqual({ prompt: "hi" });
});

test("a port that takes null keeps the null", () => {
  expect(given("branch", { value: { ref: "input.value?" } }, { input: {} })).toEqual({ value: null });
});

test("a null that was really there is not left out of a reference without the mark", () => {
  expect(
    given("llm", { prompt: { literal: "hi" }, system: { ref: "input.system" } }, { input: { system: null } }),
  ).toEqual({
    prompt: "hi",
    system: null,
  });
});

test("the ways into a merge that were not taken stay as null", () => {
  expect(
    given("merge", { items__0: { ref: "steps.a.output.x?" }, items__1: { literal: 1 } }, { steps: {} }),
  ).toEqual({
    items__0: null,
    items__1: 1,
  });
});
