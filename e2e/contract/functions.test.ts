import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, trigger } from "../servers/document.ts";
import { listen } from "../servers/listen.ts";
import { openFunctionsScene, type FunctionsScene } from "./functions-scene.ts";

let scene: FunctionsScene;

beforeAll(async () => {
  scene = await openFunctionsScene();
}, 120_000);
afterAll(() => scene?.stack.stop());

const document = (nodes: object[], edges: object[] = [], more: object = {}) => ({
  schemaVersion: 1,
  nodes: [trigger, ...nodes],
  edges,
  ...more,
});

describe("connections", () => {
  const shop = () => ({
    workspaceId: scene.workspaceId,
    slug: "shop",
    kind: "http",
    title: "Shop",
    baseUrl: "https://api.example.com",
    secret: "sh0p-canary-key",
  });

  it("takes a secret and never gives it back", async () => {
    const answer = await scene.invoke("connections", shop());
    expect(answer).toMatchObject({
      status: 200,
      body: { slug: "shop", has_secret: true, hosts: ["api.example.com"] },
    });
    const { data } = await scene.client.from("connections").select("*").eq("slug", "shop");
    expect(JSON.stringify([answer, data])).not.toContain("canary");
  });

  it("are for signed-in members who may edit", async () => {
    const stranger = await scene.stack.newUser();
    expect((await scene.invoke("connections", shop(), scene.stack.client())).status).toBe(401);
    expect((await scene.invoke("connections", shop(), stranger.client)).status).toBe(404);
  });

  it("say what is wrong with them", async () => {
    expect(await scene.invoke("connections", { ...shop(), kind: "carrier-pigeon" })).toMatchObject({
      status: 400,
      body: { code: "invalid_request" },
    });
    expect(await scene.invoke("connections", { ...shop(), slug: "sandbox" })).toMatchObject({
      status: 422,
      body: { code: "reserved_name" },
    });
    expect(await scene.invoke("connections", { ...shop(), slug: "none", baseUrl: null })).toMatchObject({
      status: 422,
      body: { code: "hosts_missing" },
    });
    expect(
      await scene.invoke("connections", { ...shop(), baseUrl: "https://other.example.com", secret: null }),
    ).toMatchObject({ status: 422, body: { code: "RB422" } });
  });
});

describe("the practice server's tools", () => {
  it("are listed, pinned and called in a run", async () => {
    const baseUrl = `${scene.stack.url.replace("127.0.0.1", "localhost")}/functions/v1/practice/mcp`;
    await scene.invoke("connections", {
      workspaceId: scene.workspaceId,
      slug: "practice",
      kind: "mcp",
      title: "Practice",
      baseUrl,
    });
    const tools = await scene.invoke("tools", { workspaceId: scene.workspaceId, connection: "practice" });
    expect(tools.status).toBe(200);
    const add = (tools.body as unknown as { name: string; schemaHash: string }[]).find(
      ({ name }) => name === "add",
    );
    const doc = document(
      [
        {
          id: "a",
          key: "sum",
          kind: "mcp-tool",
          position: at,
          config: { tool: { connection: "practice", name: "add", schemaHash: add?.schemaHash } },
          inputs: { a: { literal: 2 }, b: { literal: 40 } },
        },
      ],
      [{ id: "e", source: "t", sourcePort: "input", target: "a" }],
      { output: { sum: { ref: "steps.sum.output.result.sum" } } },
    );
    const workflowId = await scene.createWorkflow("tools", doc);
    expect(await scene.invoke("publish", { workflowId })).toMatchObject({
      status: 200,
      body: { version: 1 },
    });
    const { data, error } = await scene.client.rpc("start_run", { workflow: workflowId, input: {} });
    expect(error).toBeNull();
    expect(await scene.finish((data as { run_id: string }).run_id)).toMatchObject({
      status: "succeeded",
      run_payloads: { output: { sum: 42 } },
    });
  });

  it("S-14 are not asked for on behalf of somebody who may not change connections", async () => {
    const canary = createServer((_, response) => void response.writeHead(500).end());
    let calls = 0;
    canary.on("request", () => calls++);
    const { port, close } = await listen(canary);
    const baseUrl = `http://localhost:${port}/mcp`;
    await scene.invoke("connections", {
      workspaceId: scene.workspaceId,
      slug: "canary",
      kind: "mcp",
      title: "Canary",
      baseUrl,
    });
    const viewer = await scene.stack.newUser();
    await scene.client.rpc("add_member", {
      workspace: scene.workspaceId,
      email: viewer.email,
      role: "viewer",
    });
    const asked = await scene.invoke(
      "tools",
      { workspaceId: scene.workspaceId, connection: "canary" },
      viewer.client,
    );
    expect(asked).toMatchObject({ status: 403, body: { code: "RB403" } });
    expect(calls).toBe(0);
    await close();
  });

  it("fail for a server that is not there, and say so", async () => {
    await scene.invoke("connections", {
      workspaceId: scene.workspaceId,
      slug: "away",
      kind: "mcp",
      title: "Away",
      baseUrl: "http://127.0.0.1:1/mcp",
    });
    expect(await scene.invoke("tools", { workspaceId: scene.workspaceId, connection: "away" })).toMatchObject(
      {
        status: 422,
        body: { code: "egress_denied" },
      },
    );
    expect(await scene.invoke("tools", { workspaceId: scene.workspaceId, connection: "gone" })).toMatchObject(
      {
        status: 422,
        body: { code: "connection_invalid" },
      },
    );
  });
});

describe("publishing", () => {
  it("refuses a draft with problems and names them", async () => {
    const workflowId = await scene.createWorkflow(
      "broken",
      document(
        [{ id: "a", key: "call", kind: "http-request", position: at }],
        [{ id: "e", source: "t", sourcePort: "input", target: "a" }],
      ),
    );
    const answer = await scene.invoke("publish", { workflowId });
    expect(answer).toMatchObject({ status: 422, body: { code: "not_publishable" } });
    expect((answer.body["diagnostics"] as { code: string }[]).map(({ code }) => code)).toContain(
      "port.missing",
    );
  });

  it("S-04 refuses a draft nested beyond reason with a reason", async () => {
    const config = JSON.parse(`${'{"a":'.repeat(3_000)}1${"}".repeat(3_000)}`);
    const node = { id: "d", key: "deep", kind: "transform", config, position: at };
    const workflowId = await scene.createWorkflow("deep", document([node]));
    const { status, body } = await scene.invoke("publish", { workflowId });
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain("nested more than 100 levels deep");
  });

  it("refuses a draft that has changed since it was looked at, and one of somebody else", async () => {
    const workflowId = await scene.createWorkflow("stale", document([]));
    expect(await scene.invoke("publish", { workflowId, revision: 99 })).toMatchObject({ status: 409 });
    const stranger = await scene.stack.newUser();
    expect(await scene.invoke("publish", { workflowId }, stranger.client)).toMatchObject({ status: 404 });
  });
});

describe("the worker", () => {
  it("is not for people", async () => {
    expect(await scene.invoke("run-steps", {})).toMatchObject({ status: 401 });
  });

  it("runs a flaky call and a sandbox model to the end", async () => {
    const doc = document(
      [
        {
          id: "a",
          key: "fetch",
          kind: "http-request",
          position: at,
          retry: { baseDelayMs: 20 },
          inputs: { url: { literal: `${scene.stack.url}/functions/v1/practice/flaky?times=1&key=stack` } },
        },
        {
          id: "b",
          key: "sum_up",
          kind: "llm",
          position: at,
          inputs: { prompt: { template: "Summarise: {{ steps.fetch.output.body }}" } },
        },
      ],
      [
        { id: "e", source: "t", sourcePort: "input", target: "a" },
        { id: "f", source: "a", sourcePort: "body", target: "b" },
      ],
      { output: { text: { ref: "steps.sum_up.output.text" } } },
    );
    const workflowId = await scene.createWorkflow("flaky", doc);
    expect((await scene.invoke("publish", { workflowId })).status).toBe(200);
    const { data } = await scene.client.rpc("start_run", { workflow: workflowId, input: {} });
    expect(await scene.finish((data as { run_id: string }).run_id)).toMatchObject({
      status: "succeeded",
      run_payloads: { output: { text: expect.stringContaining("Sandbox answer") as string } },
    });
  });
});
