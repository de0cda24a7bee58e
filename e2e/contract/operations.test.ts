// What operators rely on, on the stack as it ships: large values end to end, and the figures of /metrics.
import { createServer } from "node:http";
import { join } from "node:path";
import type { SupabaseClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen, type TestServer } from "../servers/listen.ts";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

const root = join(import.meta.dirname, "../..");
const MEGABYTE = 1024 * 1024;

let stack: TestStack;
let client: SupabaseClient;
let workspaceId: string;
let web: TestServer;
let sql: postgres.Sql;

beforeAll(async () => {
  // An object whose `text` fills the answer to nine and a half megabytes.
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ text: "x".repeat(9.5 * MEGABYTE), small: 7 }));
  });
  [web, stack] = await Promise.all([
    listen(server),
    startTestStack({
      migrationsDir: join(root, "supabase/migrations"),
      functionsDir: join(root, "edge-functions"),
      functionsConfig: join(root, "supabase/config.toml"),
      env: { RUNBOARD_ALLOW_PRIVATE: "127.0.0.1" },
    }),
  ]);
  sql = postgres(stack.database.adminUrl, { max: 2, onnotice: () => {} });
  ({ client } = await stack.newUser());
  const { data, error } = await client.rpc("create_workspace", { name: "Operations" });
  if (error) throw error;
  workspaceId = (data as { id: string }).id;
}, 120_000);
afterAll(async () => {
  await sql?.end();
  await stack?.stop();
  await web?.close();
});

const at = { x: 0, y: 0 };
const edge = (source: string, sourcePort: string, target: string) => ({
  id: `${source}-${target}`,
  source,
  sourcePort,
  target,
});

async function publish(
  slug: string,
  nodes: object[],
  edges: object[],
  more: { output?: object; input?: object } = {},
): Promise<string> {
  const doc = {
    schemaVersion: 1,
    nodes: [{ id: "t", key: "start", kind: "trigger-manual", position: at }, ...nodes],
    edges,
    ...more,
  };
  const made = await client.rpc("create_workflow", {
    workspace: workspaceId,
    slug,
    title: slug,
    description: "",
    doc,
  });
  if (made.error) throw made.error;
  const workflowId = (made.data as { id: string }).id;
  const { error } = await client.functions.invoke("publish", { body: { workflowId } });
  if (error) throw new Error(await error.context.text());
  return workflowId;
}

async function run(workflow: string, input: object = {}): Promise<string> {
  const { data, error } = await client.rpc("start_run", { workflow, input });
  if (error) throw error;
  const id = (data as { run_id: string }).run_id;
  for (let tries = 0; tries < 250; tries++) {
    const { data: now } = await client.from("runs").select("status, error").eq("id", id).single();
    if (now?.status === "succeeded") return id;
    if (now?.status === "failed") throw new Error(JSON.stringify(now.error));
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("The run did not end.");
}

describe("R-19 a value of ten megabytes", () => {
  let runId: string;
  beforeAll(async () => {
    const workflow = await publish(
      "large",
      [
        {
          id: "a",
          key: "fetch",
          kind: "http-request",
          position: at,
          inputs: { url: { literal: web.url } },
        },
        {
          id: "b",
          key: "pick",
          kind: "transform",
          position: at,
          config: {
            fields: {
              text: { ref: "steps.fetch.output.body.text" },
              small: { ref: "steps.fetch.output.body.small" },
            },
          },
        },
        {
          id: "c",
          key: "keep",
          kind: "artifact",
          position: at,
          config: { kind: "text" },
          inputs: { title: { literal: "Large" }, content: { ref: "steps.pick.output.value.text" } },
        },
      ],
      [edge("t", "input", "a"), edge("a", "body", "b"), edge("b", "value", "c")],
      {
        output: {
          text: { ref: "steps.pick.output.value.text" },
          small: { ref: "steps.pick.output.value.small" },
        },
      },
    );
    runId = await run(workflow);
  });

  it("leaves references in the rows, and the rows narrow", async () => {
    const { data } = await client.from("step_payloads").select("step_key, output").eq("run_id", runId);
    const outputs = Object.fromEntries((data ?? []).map((row) => [row.step_key, row.output]));
    expect(outputs["fetch"]).toMatchObject({
      status: 200,
      body: { small: 7, text: { $blob: { mime: "application/json" } } },
    });
    expect(outputs["pick"].value.text.$blob.bytes).toBeGreaterThan(9 * MEGABYTE);
    const [widest] = await sql<{ bytes: number }[]>`
      select greatest(
        (select max(octet_length(p::text)) from public.step_payloads as p where run_id = ${runId}),
        (select max(octet_length(p::text)) from public.attempt_payloads as p where run_id = ${runId}),
        (select max(octet_length(p::text)) from public.run_payloads as p where run_id = ${runId}),
        (select max(octet_length(p::text)) from public.artifacts as p where run_id = ${runId}),
        (select max(octet_length(p::text)) from public.run_events as p where run_id = ${runId})) as bytes`;
    expect(widest?.bytes).toBeLessThan(8 * 1024);
  });

  it("is part of the run's output by reference, down to the field asked for", async () => {
    const { data } = await client.from("run_payloads").select("output").eq("run_id", runId).single();
    expect(data?.output).toMatchObject({ text: { $blob: {} }, small: 7 });
  });

  it("passes into another workflow and back", async () => {
    await publish(
      "inner",
      [
        {
          id: "a",
          key: "measure",
          kind: "transform",
          position: at,
          config: { fields: { text: { ref: "input.text" }, twice: { expr: "input.small * 2" } } },
        },
      ],
      [edge("t", "input", "a")],
      {
        input: { type: "object", properties: { text: { type: "string" }, small: { type: "number" } } },
        output: {
          text: { ref: "steps.measure.output.value.text" },
          twice: { ref: "steps.measure.output.value.twice" },
        },
      },
    );
    const outer = await publish(
      "outer",
      [
        { id: "a", key: "fetch", kind: "http-request", position: at, inputs: { url: { literal: web.url } } },
        {
          id: "b",
          key: "inner",
          kind: "sub-workflow",
          position: at,
          config: { workflow: "inner" },
          inputs: {
            text: { ref: "steps.fetch.output.body.text" },
            small: { ref: "steps.fetch.output.body.small" },
          },
        },
        {
          id: "c",
          key: "result",
          kind: "transform",
          position: at,
          config: { fields: { twice: { ref: "steps.inner.output.twice" } } },
        },
        {
          id: "d",
          key: "keep",
          kind: "artifact",
          position: at,
          config: { kind: "text" },
          inputs: { title: { literal: "Back" }, content: { ref: "steps.inner.output.text" } },
        },
      ],
      [edge("t", "input", "a"), edge("a", "body", "b"), edge("b", "twice", "c"), edge("b", "text", "d")],
      { output: { twice: { ref: "steps.result.output.value.twice" } } },
    );
    const outerRun = await run(outer);
    const { data } = await client
      .from("runs")
      .select("run_payloads(output), artifacts(bytes)")
      .eq("id", outerRun)
      .single();
    expect(data).toMatchObject({
      run_payloads: { output: { twice: 14 } },
      artifacts: [{ bytes: 9.5 * MEGABYTE }],
    });
  });

  it("is handed to steps as an input of two megabytes without ado", async () => {
    const workflow = await publish(
      "list",
      [
        {
          id: "a",
          key: "count",
          kind: "transform",
          position: at,
          config: { fields: { lines: { ref: "input.lines" }, n: { expr: "size(input.lines)" } } },
        },
      ],
      [edge("t", "input", "a")],
      {
        input: { type: "object", properties: { lines: { type: "array", items: { type: "string" } } } },
        output: { n: { ref: "steps.count.output.value.n" }, lines: { ref: "input.lines" } },
      },
    );
    const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n} ${"of a long report ".repeat(5)}`);
    const listRun = await run(workflow, { lines });
    const { data } = await client.from("run_payloads").select("output").eq("run_id", listRun).single();
    expect(data?.output).toMatchObject({ n: 20_000 });
    expect(data?.output.lines).toHaveLength(20_000);
  });

  it("is refused as an input, with what to do instead", async () => {
    const workflow = await publish("given", [], []);
    const { error } = await client.rpc("start_run", { workflow, input: { text: "x".repeat(5 * MEGABYTE) } });
    expect(error).toMatchObject({ code: "RB413", message: "The input is larger than 4 MB." });
  });

  it("is downloaded, or its beginning read, by members who may see payloads, and by nobody else", async () => {
    const { data } = await client.from("artifacts").select("path, bytes").eq("run_id", runId).single();
    expect(data?.bytes).toBe(9.5 * MEGABYTE);
    const whole = await client.storage.from("runs").download(data?.path);
    expect((await whole.data?.text())?.length).toBe(9.5 * MEGABYTE);
    const link = await client.storage.from("runs").createSignedUrl(data?.path, 60);
    const answer = await fetch(link.data?.signedUrl ?? "");
    const reader = answer.body?.getReader();
    const first = await reader?.read();
    await reader?.cancel();
    expect(new TextDecoder().decode(first?.value?.subarray(0, 100))).toBe("x".repeat(100));
    const stranger = await stack.newUser();
    expect((await stranger.client.storage.from("runs").download(data?.path)).error).not.toBeNull();
    expect((await stranger.client.storage.from("runs").createSignedUrl(data?.path, 60)).error).not.toBeNull();
  });

  it("goes with its run", async () => {
    const { data } = await client.from("artifacts").select("path").eq("run_id", runId).single();
    await sql`
      insert into engine.file_removals (path, due_at)
      select name, now() from storage.objects where name like ${`${workspaceId}/${runId}/%`}`;
    await expect
      .poll(async () => (await sql`select from engine.file_removals`).length, { timeout: 15_000 })
      .toBe(0);
    expect((await client.storage.from("runs").download(data?.path)).error).not.toBeNull();
    expect(
      await sql`select from storage.objects where name like ${`${workspaceId}/${runId}/%`}`,
    ).toHaveLength(0);
  });
});

describe("/metrics", () => {
  it("says how much waits, who works, what came of it, and how late events are", async () => {
    const workflow = await publish(
      "small",
      [{ id: "a", key: "a", kind: "transform", position: at }],
      [edge("t", "input", "a")],
    );
    await run(workflow);
    const read = async () => (await fetch(`${stack.url}/metrics`)).text();
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
    const text = await (await fetch(`${stack.url}/metrics`)).text();
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
