import { describe, expect, it } from "vitest";
import { at, edge, trigger } from "../servers/document.ts";
import { finish, order, publish, scene, start, web, workers } from "./worker-scene.ts";

describe("a worker on the real engine", () => {
  it("runs a map's body for every item", async () => {
    const workflow = await publish("each", {
      input: {
        type: "object",
        properties: { list: { type: "array", items: { type: "number" } } },
        required: ["list"],
      },
      nodes: [
        trigger,
        {
          id: "m",
          key: "each",
          kind: "map",
          position: at,
          config: { result: { ref: "steps.square.output.value.n" } },
          inputs: { items: { ref: "input.list" } },
        },
        {
          id: "s",
          key: "square",
          kind: "transform",
          parent: "m",
          position: at,
          config: { fields: { n: { expr: "item * item" } } },
        },
      ],
      edges: [edge("t", "input", "m")],
      output: { squares: { ref: "steps.each.output.items" } },
    });
    expect(await finish(await start(workflow, { list: [1, 2, 3, 4] }))).toMatchObject({
      status: "succeeded",
      output: { squares: [1, 4, 9, 16] },
    });
  });

  it("takes the branch that is true and skips the other", async () => {
    const workflow = await publish("fork", {
      input: order,
      nodes: [
        trigger,
        {
          id: "b",
          key: "big",
          kind: "branch",
          position: at,
          config: { cases: [{ port: "yes", expr: "value > 10" }], otherwise: "no" },
          inputs: { value: { ref: "input.n" } },
        },
        {
          id: "y",
          key: "yes_way",
          kind: "transform",
          position: at,
          config: { fields: { way: { literal: "yes" } } },
        },
        {
          id: "n",
          key: "no_way",
          kind: "transform",
          position: at,
          config: { fields: { way: { literal: "no" } } },
        },
      ],
      edges: [edge("t", "input", "b"), edge("b", "yes", "y"), edge("b", "no", "n")],
    });
    const runId = await start(workflow, { n: 11 });
    expect((await finish(runId))["status"]).toBe("succeeded");
    const steps = await scene.db
      .sql`select step_key, status from public.steps where run_id = ${runId} order by step_key`;
    expect(steps.map((step) => [step["step_key"], step["status"]])).toEqual([
      ["big", "succeeded"],
      ["no_way", "skipped"],
      ["yes_way", "succeeded"],
    ]);
  });

  it("waits for people and goes on by their decision", async () => {
    const workflow = await publish("ask", {
      nodes: [
        trigger,
        { id: "q", key: "ask", kind: "approval", position: at, inputs: { title: { literal: "Go on?" } } },
        {
          id: "y",
          key: "go",
          kind: "transform",
          position: at,
          config: { fields: { by: { ref: "steps.ask.output.decision" } } },
        },
      ],
      edges: [edge("t", "input", "q"), edge("q", "approved", "y")],
      output: { decision: { ref: "steps.go.output.value.by?" } },
    });
    const runId = await start(workflow, {});
    await workers.make().work();
    const [open] = await scene.db.sql<
      { id: string }[]
    >`select id from public.approvals where run_id = ${runId} and status = 'open'`;
    await scene.db.asUser(scene.userId)`select public.decide_approval(${open?.id ?? ""}, 'approved')`;
    expect(await finish(runId)).toMatchObject({ status: "succeeded", output: { decision: "approved" } });
  });

  it("starts another workflow and returns its output", async () => {
    await publish("child", {
      input: order,
      nodes: [
        trigger,
        {
          id: "a",
          key: "square",
          kind: "transform",
          position: at,
          config: { fields: { n: { expr: "input.n * input.n" } } },
        },
      ],
      edges: [edge("t", "input", "a")],
      output: { squared: { ref: "steps.square.output.value.n" } },
    });
    const parent = await publish("parent", {
      nodes: [
        trigger,
        {
          id: "c",
          key: "child",
          kind: "sub-workflow",
          position: at,
          config: { workflow: "child" },
          inputs: { n: { literal: 12 } },
        },
      ],
      edges: [edge("t", "input", "c")],
      output: { squared: { ref: "steps.child.output.squared" } },
    });
    expect(await finish(await start(parent, {}))).toMatchObject({
      status: "succeeded",
      output: { squared: 144 },
    });
  });

  it("collects the items that failed, when it is told to", async () => {
    const workflow = await publish("some-fail", {
      nodes: [
        trigger,
        {
          id: "m",
          key: "each",
          kind: "map",
          position: at,
          config: { onItemFailure: "collect", result: { ref: "item" } },
          inputs: { items: { literal: ["200", "404", "200"] } },
        },
        {
          id: "h",
          key: "call",
          kind: "http-request",
          parent: "m",
          position: at,
          inputs: { url: { template: `${web.url}/status/{{ item }}` } },
        },
      ],
      edges: [edge("t", "input", "m")],
      output: { items: { ref: "steps.each.output.items" }, failed: { ref: "steps.each.output.failed" } },
    });
    expect(await finish(await start(workflow, {}))).toMatchObject({
      status: "succeeded",
      output: { items: ["200", "200"], failed: [{ index: 1, error: { code: "http_4xx" } }] },
    });
  });
});
