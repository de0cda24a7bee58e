import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { at, edge, trigger } from "../servers/document.ts";
import { lines, openCliScene, refusal, type CliScene } from "./cli-scene.ts";

let scene: CliScene;
const runboard = (...args: string[]) => scene.runboard(...args);

beforeAll(async () => {
  scene = await openCliScene();
}, 120_000);
afterAll(() => scene?.close());

describe("a workflow from file to finished run", () => {
  test("a run that succeeds prints its events and its output and exits with 0", async () => {
    await scene.publish("examples/flaky-api.workflow.json", "flaky-api");
    const ran = await runboard("run", "flaky-api", "--input", '{"times": 2}', "--watch", "--json");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const printed = lines(ran);
    expect(
      printed.filter((line) => line.event?.kind === "step.waiting" && line.event.step_key === "call"),
    ).toHaveLength(2);
    expect(printed.at(-1).run).toMatchObject({ status: "succeeded" });
    expect(printed.flatMap((line) => (line.event === undefined ? [] : [line.event.seq]))).toEqual(
      Array.from({ length: printed.length - 1 }, (_, n) => n + 1),
    );
  });

  test("an answer larger than a pipe holds arrives whole", async () => {
    const inner = { id: "k", key: "keep", kind: "transform", parent: "m", position: at };
    const map = { id: "m", key: "each", kind: "map", inputs: { items: { ref: "input.list" } }, position: at };
    const list = { type: "array", items: { type: "integer" } };
    const doc = {
      schemaVersion: 1,
      nodes: [trigger, map, { ...inner, config: { fields: { n: { ref: "item" } } } }],
      edges: [edge("t", "input", "m")],
      input: { type: "object", properties: { list }, required: ["list"] },
    };
    const wide = JSON.stringify({ runboard: 1, slug: "wide", title: "Wide", doc });
    await scene.publish(scene.file("wide.workflow.json", wide), "wide");
    const input = JSON.stringify({ list: Array.from({ length: 450 }, (_, n) => n) });
    const ran = await runboard("run", "wide", "--input", input, "--watch", "--json");
    const shown = await runboard("runs", "show", lines(ran).at(-1).run.id, "--json");
    expect(shown.stdout.length).toBeGreaterThan(128 * 1024);
    expect(JSON.parse(shown.stdout).steps).toHaveLength(902);
  });

  test("a run that fails exits with 1, and one retry finishes it", async () => {
    await scene.publish("examples/flaky-api-exhausted.workflow.json", "flaky-api-exhausted");
    const ran = await runboard("run", "flaky-api-exhausted", "--watch", "--json");
    expect(ran.code).toBe(1);
    const { run } = lines(ran).at(-1);
    expect(run).toMatchObject({ status: "failed", error: { code: "http_5xx", step: "call" } });
    const retried = await runboard("runs", "retry", run.id, "--watch", "--json");
    expect(retried).toMatchObject({ code: 0 });
    expect(lines(retried).at(-1).run).toMatchObject({ id: run.id, status: "succeeded", retry_count: 1 });
  });

  test("a retry says what it would do, on the draft too, and does it with another input", async () => {
    const ran = await runboard("run", "flaky-api-exhausted", "--watch", "--json");
    const { run } = lines(ran).at(-1);
    const seen = await runboard("runs", "retry", run.id, "--preview", "--json");
    expect(JSON.parse(seen.stdout)).toMatchObject({
      makes: "same_run",
      version: 1,
      rerun: [{ step: "call" }, {}],
    });
    const draft = JSON.parse(
      (await runboard("runs", "retry", run.id, "--version", "draft", "--preview", "--json")).stdout,
    );
    expect(draft).toMatchObject({ makes: "new_run", version: 2 });
    const refused = await runboard("runs", "retry", run.id, "--decide", "call=perhaps", "--json");
    expect(refused.code).toBe(2);
    const again = await runboard("runs", "retry", run.id, "--mode", "restart", "--input", "{}", "--json");
    expect(JSON.parse(again.stdout).run_id).not.toBe(run.id);
  });

  test("many runs are retried by a filter, watched to the end", async () => {
    for (let n = 0; n < 3; n += 1) await runboard("run", "flaky-api-exhausted", "--watch", "--json");
    const filter = ["--workflow", "flaky-api-exhausted", "--status", "failed"];
    const counted = JSON.parse(
      (await runboard("runs", "bulk", "retry", ...filter, "--preview", "--json")).stdout,
    );
    expect(counted.total).toBeGreaterThanOrEqual(3);
    const done = await runboard("runs", "bulk", "retry", ...filter, "--canary", "--watch", "--json");
    expect(done).toMatchObject({ code: 0, stderr: "" });
    const { operation, refused } = lines(done).at(-1);
    expect(operation).toMatchObject({ status: "done", total: counted.total, done: counted.total, stage: 3 });
    expect(refused).toEqual([]);
    expect((await runboard("runs", "bulk", "cancel", "--json")).code).toBe(2);
    const shown = JSON.parse((await runboard("runs", "bulk", "show", operation.id, "--json")).stdout);
    expect(shown.operation.status).toBe("done");
  });

  test("a branch takes its way and the sandbox model answers offline", async () => {
    await scene.publish("examples/site-check.workflow.json", "site-check");
    const ran = await runboard(
      "run",
      "site-check",
      "--input",
      JSON.stringify({ url: `${scene.url}/functions/v1/practice/status/503` }),
      "--watch",
      "--json",
    );
    expect(ran.code).toBe(0);
    expect(lines(ran).at(-1).run.output).toEqual({ status: 503 });
    const shown = JSON.parse((await runboard("runs", "show", lines(ran).at(-1).run.id, "--json")).stdout);
    expect(
      Object.fromEntries(
        shown.steps.map((step: { step_key: string; status: string }) => [step.step_key, step.status]),
      ),
    ).toEqual({
      fetch: "succeeded",
      healthy: "succeeded",
      explain: "succeeded",
      keep_report: "succeeded",
      keep_ok: "skipped",
    });
  });

  test("three MCP tools are called and merged", async () => {
    const refreshed = await runboard("tools", "refresh", "practice", "--json");
    expect(refreshed).toMatchObject({ code: 0, stderr: "" });
    await scene.publish("examples/mcp-tour.workflow.json", "mcp-tour");
    const ran = await runboard(
      "run",
      "mcp-tour",
      "--input",
      '{"a": 19, "b": 23, "text": "hello"}',
      "--watch",
      "--json",
    );
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(lines(ran).at(-1).run.output.answers).toHaveLength(3);
  });

  test("the same idempotency key returns the first run, and another input is refused", async () => {
    const first = JSON.parse(
      (await runboard("run", "flaky-api", "--input", '{"times": 0}', "--idempotency-key", "k1", "--json"))
        .stdout,
    );
    const second = JSON.parse(
      (await runboard("run", "flaky-api", "--input", '{"times": 0}', "--idempotency-key", "k1", "--json"))
        .stdout,
    );
    expect(second.run.id).toBe(first.run.id);
    const other = await runboard(
      "run",
      "flaky-api",
      "--input",
      '{"times": 1}',
      "--idempotency-key",
      "k1",
      "--json",
    );
    expect(other.code).toBe(2);
    expect(refusal(other).code).toBe("RB409");
  });
});
