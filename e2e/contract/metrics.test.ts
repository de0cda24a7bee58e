// The figures of /metrics, on the stack as it ships.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, edge, trigger } from "../servers/document.ts";
import { openFunctionsScene, type FunctionsScene } from "./functions-scene.ts";

let scene: FunctionsScene;

beforeAll(async () => {
  scene = await openFunctionsScene();
}, 120_000);
afterAll(() => scene?.stack.stop());

const publish = (slug: string, nodes: object[], edges: object[], more: object = {}) =>
  scene.publish(slug, { schemaVersion: 1, nodes: [trigger, ...nodes], edges, ...more });

async function run(workflow: string, input: object = {}): Promise<string> {
  const { data, error } = await scene.client.rpc("start_run", { workflow, input });
  if (error) throw error;
  const id = (data as { run_id: string }).run_id;
  expect(await scene.finish(id)).toMatchObject({ status: "succeeded" });
  return id;
}

describe("/metrics", () => {
  it("says how much waits, who works, what came of it, and how late events are", async () => {
    const workflow = await publish(
      "small",
      [{ id: "a", key: "a", kind: "transform", position: at }],
      [edge("t", "input", "a")],
    );
    await run(workflow);
    const read = async () => (await fetch(`${scene.stack.url}/metrics`)).text();
    await expect
      .poll(read, { timeout: 15_000 })
      .toMatch(/^runboard_runs_ended_total\{status="succeeded"\} [1-9]/m);
    const text = await read();
    expect(text).toContain("runboard_database_up 1\n");
    expect(text).toMatch(/^runboard_workers 1$/m);
    expect(text).toMatch(/^runboard_attempts_total\{outcome="succeeded"\} [1-9]/m);
    expect(text).toMatch(/^runboard_claim_latency_seconds_bucket\{le="60"\} [1-9]/m);
    expect(text).toMatch(/^runboard_event_lag_seconds_count [1-9]/m);
    expect(text).toMatch(/^runboard_event_partitions_ahead 8$/m);
    expect(text).toMatch(/^runboard_database_bytes [1-9]/m);
    expect(text).toMatch(/^runboard_chore_seconds\{chore="sweep"\} /m);
    expect(text).toContain("# TYPE runboard_queue_oldest_ready_seconds gauge");
  });

  it("is text that Prometheus reads: every sample belongs to a described metric", async () => {
    const text = await (await fetch(`${scene.stack.url}/metrics`)).text();
    const known = new Set(
      [...text.matchAll(/^# TYPE (\S+) (gauge|counter|histogram)$/gm)].map(([, name]) => name),
    );
    for (const line of text
      .trim()
      .split("\n")
      .filter((line) => !line.startsWith("#"))) {
      const [, name = ""] = /^([a-z_]+)(?:\{[^}]*\})? -?[0-9.e+-]+$/.exec(line) ?? [];
      expect(known.has(name) || known.has(name.replace(/_(bucket|sum|count)$/, "")), line).toBe(true);
    }
  });
});
