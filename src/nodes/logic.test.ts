import { expect, test } from "vitest";
import type { JsonObject } from "../core/json.ts";
import type { Node } from "../core/node.ts";
import approval from "./approval.node.ts";
import branch from "./branch.node.ts";
import { fakeCapabilities, type FakeWorld } from "./fake-capabilities.ts";
import filter from "./filter.node.ts";
import llm from "./llm.node.ts";
import map from "./map.node.ts";
import merge from "./merge.node.ts";
import transform from "./transform.node.ts";
import wait from "./wait.node.ts";

const signal = { aborted: false, throwIfAborted() {} };
const run = (node: Node, config: JsonObject, input: JsonObject, world: Partial<FakeWorld> = {}) =>
  node.execute({ config, input, can: fakeCapabilities(world).can, signal });

test("a branch takes the first case that is true and passes the value on", async () => {
  const config = {
    cases: [
      { port: "large", expr: "value > 100" },
      { port: "medium", expr: "value > 10" },
    ],
    otherwise: "small",
  };
  expect(await run(branch, config, { value: 50 })).toEqual({ $port: "medium", output: { medium: 50 } });
});

test("a branch falls to otherwise, also for a value of zero", async () => {
  const config = { cases: [{ port: "positive", expr: "value > 0" }], otherwise: "rest" };
  expect(await run(branch, config, { value: 0 })).toEqual({ $port: "rest", output: { rest: 0 } });
});

test("a branch refuses two ways of the same name", () => {
  expect(branch.config.safeParse({ cases: [{ port: "a", expr: "true" }], otherwise: "a" }).success).toBe(
    false,
  );
});

test("a filter keeps falsy items that satisfy the condition", async () => {
  expect(await run(filter, { keep: "item != 1" }, { items: [0, 1, false, ""] })).toEqual({
    kept: [0, false, ""],
    dropped: [1],
  });
});

test("a merge of all keeps the order of its wires, nulls included", async () => {
  expect(await run(merge, { mode: "all" }, { items__1: "b", items__0: null, items__10: "c" })).toEqual({
    items: [null, "b", "c"],
    first: null,
  });
});

test("a merge of any leaves out the ways that were not taken", async () => {
  expect(await run(merge, { mode: "any" }, { items__0: null, items__1: "b" })).toEqual({
    items: ["b"],
    first: "b",
  });
});

test("a transform builds its fields from references, templates and expressions", async () => {
  const fields = {
    whole: { ref: "input.n" },
    text: { template: "n is {{ input.n }}" },
    twice: { expr: "input.n * 2" },
    zero: { literal: 0 },
  };
  expect(await run(transform, { fields }, {}, { scope: { input: { n: 21 } } })).toEqual({
    value: { whole: 21, text: "n is 21", twice: 42, zero: 0 },
  });
});

test("a map refuses a list that is longer than its limit before anything runs", async () => {
  await expect(run(map, { maxItems: 2 }, { items: [1, 2, 3] })).rejects.toMatchObject({
    code: "map_too_large",
    errorClass: "validation",
  });
});

test("a wait leaves its duration to the engine's clock, and a moment wins over a duration", async () => {
  expect(await run(wait, { forMs: 1_500 }, {})).toEqual({ $park: { for: "timer", forMs: 1_500 } });
  expect(await run(wait, { forMs: 1_500 }, { until: "2030-01-01T01:00:00+01:00" })).toEqual({
    $park: { for: "timer", until: "2030-01-01T00:00:00.000Z" },
  });
});

test("a wait without duration and moment says so", async () => {
  await expect(run(wait, {}, {})).rejects.toMatchObject({ code: "input_invalid" });
});

test("an approval asks operators unless told otherwise", async () => {
  expect(await run(approval, {}, { title: "Go on?" })).toMatchObject({
    $park: {
      for: "approval",
      title: "Go on?",
      approvers: { roles: ["operator"], users: [], quorum: 1 },
      onTimeout: "fail",
    },
  });
});

test("each attempt of a language model asks the next model of the chain and then starts over", async () => {
  const chain = [
    { connection: "one", model: "a" },
    { connection: "two", model: "b" },
  ];
  const asked: string[] = [];
  for (const tries of [1, 2, 3])
    await run(
      llm,
      { chain },
      { prompt: "hi" },
      {
        tries,
        llm: ({ model, fallbackFrom }) => {
          asked.push(`${model} after ${fallbackFrom ?? "nothing"}`);
          return { text: "x", provider: "p", model, tokensIn: 1, tokensOut: 1, costUsd: 0, sandbox: false };
        },
      },
    );
  expect(asked).toEqual(["a after nothing", "b after a", "a after nothing"]);
});

test("a chain of models falls back at once as often as it has further models", () => {
  const chain = ["a", "b", "c"].map((model) => ({ connection: "one", model }));
  expect(llm.immediateRetriesOf({ chain })).toBe(2);
  expect(llm.immediateRetriesOf({})).toBe(0);
});
