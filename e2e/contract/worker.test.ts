import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeOf } from "../../src/nodes/registry.gen.ts";
import { parseAllowList } from "../../edge-functions/_shared/addresses.ts";
import {
  createCapabilities,
  createCheckMeans,
} from "../../edge-functions/_shared/capabilities/capabilities.ts";
import { Breakers } from "../../edge-functions/_shared/breakers.ts";
import { Egress } from "../../edge-functions/_shared/egress.ts";
import { executeAhead } from "../../edge-functions/_shared/run-ahead.ts";
import { executeStep, type StepWorld } from "../../edge-functions/_shared/execute-step.ts";
import { sealSecret } from "../../edge-functions/_shared/vault.ts";
import { Worker } from "../../edge-functions/_shared/worker.ts";
import { openEngineScene, type EngineScene } from "../servers/engine-scene.ts";
import { startHttpServer, type HttpServer } from "../servers/http-server.ts";

const vaultKey = Buffer.alloc(32, 3).toString("base64");

let scene: EngineScene;
let web: HttpServer;
let egress: Egress;
const files = new Map<string, Uint8Array<ArrayBuffer>>();

beforeAll(async () => {
  [scene, web] = await Promise.all([openEngineScene(), startHttpServer()]);
  egress = new Egress({ allow: parseAllowList("127.0.0.1") });
});
afterAll(async () => {
  await egress.close();
  await web.close();
  await scene.close();
});

const publish = (slug: string, doc: object) => scene.publish(slug, doc);
const start = (workflowId: string, input: object) => scene.start(workflowId, input);

function worker(): Worker {
  const blobs = {
    put: (path: string, bytes: Uint8Array<ArrayBuffer>) => Promise.resolve(void files.set(path, bytes)),
    get: (path: string) => Promise.resolve(files.get(path)!),
    remove: () => Promise.resolve(),
  };
  const { getConnection, queryRows } = scene.engine;
  const breakers = new Breakers(scene.engine);
  const installation = { egress, blobs, breakers, vaultKey: () => vaultKey, getConnection, queryRows };
  const world: StepWorld = {
    nodeOf,
    blobs,
    markStarted: (step) => scene.engine.markStarted(step),
    reserveBudget: (step, wanted) => scene.engine.reserveBudget(step, wanted),
    capabilities: (context) => createCapabilities(context, installation),
    checkMeans: (context, check) => createCheckMeans(context, check, installation),
  };
  const name = `test-${crypto.randomUUID()}`;
  return new Worker(
    scene.engine,
    (step, hold) =>
      executeAhead(
        step,
        (one, held) => executeStep(one, world, held),
        hold,
        (split, total, ahead) => scene.engine.recordAhead(name, split, total, ahead),
      ),
    {
      name,
      leaseMs: 15_000,
      concurrency: 8,
      wallMs: 0,
    },
  );
}

/** Works, waiting for what is due in between, until the run has ended. */
async function finish(runId: string): Promise<Record<string, unknown>> {
  const working = worker();
  for (let turn = 0; turn < 40; turn++) {
    const { nextDueMs } = await working.work();
    const run = await scene.ended(runId);
    if (run) return run;
    await new Promise((done) => setTimeout(done, Math.min(nextDueMs ?? 50, 1_000)));
  }
  throw new Error("The run did not end.");
}

const at = { x: 0, y: 0 };
const trigger = { id: "t", key: "start", kind: "trigger-manual", position: at };
const edge = (source: string, sourcePort: string, target: string, targetPort?: string) => ({
  id: `${source}-${target}`,
  source,
  sourcePort,
  target,
  ...(targetPort ? { targetPort } : {}),
});
const order = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };

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
    expect(files.size).toBeGreaterThan(0);
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
    await worker().work();
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
