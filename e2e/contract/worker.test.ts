import { describe, expect, it } from "vitest";
import { sealSecret } from "../../edge-functions/_shared/vault.ts";
import { at, edge, trigger } from "../servers/document.ts";
import { vaultKey } from "../servers/scene-worker.ts";
import { finish, order, publish, scene, start, web, workers } from "./worker-scene.ts";

describe("a worker on the real engine", () => {
  it("runs a chain and returns its output", async () => {
    const workflow = await publish("chain", {
      input: order,
      nodes: [
        trigger,
        {
          id: "a",
          key: "double",
          kind: "transform",
          position: at,
          config: { fields: { n: { expr: "input.n * 2" } } },
        },
        {
          id: "b",
          key: "shout",
          kind: "transform",
          position: at,
          config: { fields: { text: { template: "got {{ steps.double.output.value.n }}" } } },
        },
      ],
      edges: [edge("t", "input", "a"), edge("a", "value", "b")],
      output: { text: { ref: "steps.shout.output.value.text" } },
    });
    expect(await finish(await start(workflow, { n: 21 }))).toMatchObject({
      status: "succeeded",
      output: { text: "got 42" },
    });
  });

  it("calls a web API with the connection's secret, and leaves the secret nowhere", async () => {
    const place = { workspaceId: scene.workspaceId, slug: "shop" };
    const hosts = [`127.0.0.1:${web.port}`];
    await scene.engine.putConnection(
      scene.userId,
      scene.workspaceId,
      { slug: "shop", kind: "http", title: "Shop", baseUrl: null, hosts, config: {} },
      await sealSecret("sh0p-secret-key", vaultKey, place),
    );
    const workflow = await publish("call", {
      nodes: [
        trigger,
        {
          id: "a",
          key: "call",
          kind: "http-request",
          position: at,
          config: { method: "POST", connection: "shop" },
          inputs: { url: { literal: `${web.url}/echo` }, body: { literal: { a: 1 } } },
        },
      ],
      edges: [edge("t", "input", "a")],
      output: { sent: { ref: "steps.call.output.body.headers.authorization" } },
    });
    const runId = await start(workflow, {});
    expect(await finish(runId)).toMatchObject({ status: "succeeded", output: { sent: "Bearer [secret]" } });
    expect(web.asked.at(-1)?.headers["authorization"]).toBe("Bearer sh0p-secret-key");
    const rows = await scene.db
      .sql`select p::text as row from public.attempt_payloads as p where run_id = ${runId}`;
    expect(JSON.stringify(rows)).not.toContain("sh0p-secret");
  });

  it("retries what passes", async () => {
    const workflow = await publish("flaky", {
      nodes: [
        trigger,
        {
          id: "a",
          key: "call",
          kind: "http-request",
          position: at,
          retry: { baseDelayMs: 10 },
          inputs: { url: { literal: `${web.url}/flaky?times=2&key=retry` } },
        },
      ],
      edges: [edge("t", "input", "a")],
      output: { count: { ref: "steps.call.output.body.count" } },
    });
    expect(await finish(await start(workflow, {}))).toMatchObject({
      status: "succeeded",
      output: { count: 3 },
    });
  });

  it("fails the run with the step's error", async () => {
    const workflow = await publish("broken", {
      nodes: [
        trigger,
        {
          id: "a",
          key: "call",
          kind: "http-request",
          position: at,
          inputs: { url: { literal: `${web.url}/status/404` } },
        },
      ],
      edges: [edge("t", "input", "a")],
    });
    expect(await finish(await start(workflow, {}))).toMatchObject({
      status: "failed",
      error: { code: "http_4xx", step: "call" },
    });
  });

  it("moves large outputs through files between steps", async () => {
    const workflow = await publish("large", {
      nodes: [
        trigger,
        {
          id: "a",
          key: "fetch",
          kind: "http-request",
          position: at,
          inputs: { url: { literal: `${web.url}/big?bytes=200000` } },
        },
        {
          id: "b",
          key: "measure",
          kind: "transform",
          position: at,
          config: { fields: { size: { expr: "size(steps.fetch.output.body)" } } },
        },
      ],
      edges: [edge("t", "input", "a"), edge("a", "body", "b")],
      output: { size: { ref: "steps.measure.output.value.size" } },
    });
    expect(await finish(await start(workflow, {}))).toMatchObject({
      status: "succeeded",
      output: { size: 200_000 },
    });
    expect(workers.files.size).toBeGreaterThan(0);
  });

  it("waits for a timer without holding anything", async () => {
    const workflow = await publish("pause", {
      nodes: [trigger, { id: "w", key: "pause", kind: "wait", position: at, config: { forMs: 50 } }],
      edges: [edge("t", "input", "w")],
    });
    expect((await finish(await start(workflow, {})))["status"]).toBe("succeeded");
  });

  it("uses the fallback when the last attempt has failed, and only then", async () => {
    const workflow = await publish("spare", {
      nodes: [
        trigger,
        {
          id: "a",
          key: "call",
          kind: "http-request",
          position: at,
          retry: { maxAttempts: 2, baseDelayMs: 10 },
          fallback: { literal: { status: 0, headers: {}, body: "spare" } },
          inputs: { url: { literal: `${web.url}/flaky?times=5&key=spare` } },
        },
      ],
      edges: [edge("t", "input", "a")],
      output: { body: { ref: "steps.call.output.body" } },
    });
    const before = web.asked.length;
    expect(await finish(await start(workflow, {}))).toMatchObject({
      status: "succeeded",
      output: { body: "spare" },
    });
    expect(web.asked.length - before).toBe(2);
  });
});
