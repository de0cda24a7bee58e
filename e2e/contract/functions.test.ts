import { createServer } from "node:http";
import { join } from "node:path";
import type { SupabaseClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen } from "../servers/listen.ts";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

// The functions as they ship: in Deno, behind the gateway, on a fresh database.
const root = join(import.meta.dirname, "../..");

let stack: TestStack;
let client: SupabaseClient;
let workspaceId: string;

beforeAll(async () => {
  stack = await startTestStack({
    migrationsDir: join(root, "supabase/migrations"),
    functionsDir: join(root, "edge-functions"),
    functionsConfig: join(root, "supabase/config.toml"),
  });
  ({ client } = await stack.newUser());
  const { data, error } = await client.rpc("create_workspace", { name: "Functions" });
  if (error) throw error;
  workspaceId = (data as { id: string }).id;
}, 120_000);
afterAll(() => stack?.stop());

async function invoke(name: string, body: object, using = client) {
  const { data: session } = await using.auth.getSession();
  const token = session.session?.access_token;
  const response = await fetch(`${stack.url}/functions/v1/${name}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      apikey: stack.publishableKey,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const at = { x: 0, y: 0 };
const document = (nodes: object[], edges: object[] = [], more: object = {}) => ({
  schemaVersion: 1,
  nodes: [{ id: "t", key: "start", kind: "trigger-manual", position: at }, ...nodes],
  edges,
  ...more,
});

async function createWorkflow(slug: string, doc: object): Promise<string> {
  const { data, error } = await client.rpc("create_workflow", {
    workspace: workspaceId,
    slug,
    title: slug,
    description: "",
    doc,
  });
  if (error) throw error;
  return (data as { id: string }).id;
}

async function finish(runId: string): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 200; tries++) {
    const { data } = await client
      .from("runs")
      .select("status, error, run_payloads(output)")
      .eq("id", runId)
      .single();
    if (data && ["succeeded", "failed", "cancelled"].includes(String(data.status))) return data;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("The run did not end.");
}

describe("connections", () => {
  const shop = () => ({
    workspaceId,
    slug: "shop",
    kind: "http",
    title: "Shop",
    baseUrl: "https://api.example.com",
    secret: "sh0p-canary-key",
  });

  it("takes a secret and never gives it back", async () => {
    const answer = await invoke("connections", shop());
    expect(answer).toMatchObject({
      status: 200,
      body: { slug: "shop", has_secret: true, hosts: ["api.example.com"] },
    });
    const { data } = await client.from("connections").select("*").eq("slug", "shop");
    expect(JSON.stringify([answer, data])).not.toContain("canary");
  });

  it("are for signed-in members who may edit", async () => {
    const stranger = await stack.newUser();
    expect((await invoke("connections", shop(), stack.client())).status).toBe(401);
    expect((await invoke("connections", shop(), stranger.client)).status).toBe(404);
  });

  it("say what is wrong with them", async () => {
    expect(await invoke("connections", { ...shop(), kind: "carrier-pigeon" })).toMatchObject({
      status: 400,
      body: { code: "invalid_request" },
    });
    expect(await invoke("connections", { ...shop(), slug: "sandbox" })).toMatchObject({
      status: 422,
      body: { code: "reserved_name" },
    });
    expect(await invoke("connections", { ...shop(), slug: "none", baseUrl: null })).toMatchObject({
      status: 422,
      body: { code: "hosts_missing" },
    });
    expect(
      await invoke("connections", { ...shop(), baseUrl: "https://other.example.com", secret: null }),
    ).toMatchObject({ status: 422, body: { code: "RB422" } });
  });
});

describe("the practice server's tools", () => {
  it("are listed, pinned and called in a run", async () => {
    const baseUrl = `${stack.url.replace("127.0.0.1", "localhost")}/functions/v1/practice/mcp`;
    await invoke("connections", { workspaceId, slug: "practice", kind: "mcp", title: "Practice", baseUrl });
    const tools = await invoke("tools", { workspaceId, connection: "practice" });
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
    const workflowId = await createWorkflow("tools", doc);
    expect(await invoke("publish", { workflowId })).toMatchObject({ status: 200, body: { version: 1 } });
    const { data, error } = await client.rpc("start_run", { workflow: workflowId, input: {} });
    expect(error).toBeNull();
    expect(await finish((data as { run_id: string }).run_id)).toMatchObject({
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
    await invoke("connections", { workspaceId, slug: "canary", kind: "mcp", title: "Canary", baseUrl });
    const viewer = await stack.newUser();
    await client.rpc("add_member", { workspace: workspaceId, email: viewer.email, role: "viewer" });
    const asked = await invoke("tools", { workspaceId, connection: "canary" }, viewer.client);
    expect(asked).toMatchObject({ status: 403, body: { code: "RB403" } });
    expect(calls).toBe(0);
    await close();
  });

  it("fail for a server that is not there, and say so", async () => {
    await invoke("connections", {
      workspaceId,
      slug: "away",
      kind: "mcp",
      title: "Away",
      baseUrl: "http://127.0.0.1:1/mcp",
    });
    expect(await invoke("tools", { workspaceId, connection: "away" })).toMatchObject({
      status: 422,
      body: { code: "egress_denied" },
    });
    expect(await invoke("tools", { workspaceId, connection: "gone" })).toMatchObject({
      status: 422,
      body: { code: "connection_invalid" },
    });
  });
});

describe("publishing", () => {
  it("refuses a draft with problems and names them", async () => {
    const workflowId = await createWorkflow(
      "broken",
      document(
        [{ id: "a", key: "call", kind: "http-request", position: at }],
        [{ id: "e", source: "t", sourcePort: "input", target: "a" }],
      ),
    );
    const answer = await invoke("publish", { workflowId });
    expect(answer).toMatchObject({ status: 422, body: { code: "not_publishable" } });
    expect((answer.body["diagnostics"] as { code: string }[]).map(({ code }) => code)).toContain(
      "port.missing",
    );
  });

  it("S-04 refuses a draft nested beyond reason with a reason", async () => {
    const config = JSON.parse(`${'{"a":'.repeat(3_000)}1${"}".repeat(3_000)}`);
    const node = { id: "d", key: "deep", kind: "transform", config, position: at };
    const workflowId = await createWorkflow("deep", document([node]));
    const { status, body } = await invoke("publish", { workflowId });
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain("nested more than 100 levels deep");
  });

  it("refuses a draft that has changed since it was looked at, and one of somebody else", async () => {
    const workflowId = await createWorkflow("stale", document([]));
    expect(await invoke("publish", { workflowId, revision: 99 })).toMatchObject({ status: 409 });
    const stranger = await stack.newUser();
    expect(await invoke("publish", { workflowId }, stranger.client)).toMatchObject({ status: 404 });
  });
});

describe("the worker", () => {
  it("is not for people", async () => {
    expect(await invoke("run-steps", {})).toMatchObject({ status: 401 });
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
          inputs: { url: { literal: `${stack.url}/functions/v1/practice/flaky?times=1&key=stack` } },
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
    const workflowId = await createWorkflow("flaky", doc);
    expect((await invoke("publish", { workflowId })).status).toBe(200);
    const { data } = await client.rpc("start_run", { workflow: workflowId, input: {} });
    expect(await finish((data as { run_id: string }).run_id)).toMatchObject({
      status: "succeeded",
      run_payloads: { output: { text: expect.stringContaining("Sandbox answer") as string } },
    });
  });
});
