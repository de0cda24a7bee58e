// Large values end to end, on the stack as it ships.
import { createServer } from "node:http";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, edge, trigger } from "../servers/document.ts";
import { listen, type TestServer } from "../servers/listen.ts";
import { openFunctionsScene, type FunctionsScene } from "./functions-scene.ts";

const MEGABYTE = 1024 * 1024;

let scene: FunctionsScene;
let web: TestServer;
let sql: postgres.Sql;

beforeAll(async () => {
  // An object whose `text` fills the answer to nine and a half megabytes.
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ text: "x".repeat(9.5 * MEGABYTE), small: 7 }));
  });
  [web, scene] = await Promise.all([
    listen(server),
    openFunctionsScene({ RUNBOARD_ALLOW_PRIVATE: "127.0.0.1" }),
  ]);
  sql = postgres(scene.stack.database.adminUrl, { max: 2, onnotice: () => {} });
}, 120_000);
afterAll(async () => {
  await sql?.end();
  await scene?.stack.stop();
  await web?.close();
});

const publish = (slug: string, nodes: object[], edges: object[], more: object = {}) =>
  scene.publish(slug, { schemaVersion: 1, nodes: [trigger, ...nodes], edges, ...more });

async function run(workflow: string, input: object = {}): Promise<string> {
  const { data, error } = await scene.client.rpc("start_run", { workflow, input });
  if (error) throw error;
  const id = (data as { run_id: string }).run_id;
  expect(await scene.finish(id)).toMatchObject({ status: "succeeded" });
  return id;
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
    const { data } = await scene.client.from("step_payloads").select("step_key, output").eq("run_id", runId);
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
    const { data } = await scene.client.from("run_payloads").select("output").eq("run_id", runId).single();
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
    const { data } = await scene.client
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
    const { data } = await scene.client.from("run_payloads").select("output").eq("run_id", listRun).single();
    expect(data?.output).toMatchObject({ n: 20_000 });
    expect(data?.output.lines).toHaveLength(20_000);
  });

  it("is refused as an input, with what to do instead", async () => {
    const workflow = await publish("given", [], []);
    const { error } = await scene.client.rpc("start_run", {
      workflow,
      input: { text: "x".repeat(5 * MEGABYTE) },
    });
    expect(error).toMatchObject({ code: "RB413", message: "The input is larger than 4 MB." });
  });

  it("is downloaded, or its beginning read, by members who may see payloads, and by nobody else", async () => {
    const { data } = await scene.client.from("artifacts").select("path, bytes").eq("run_id", runId).single();
    expect(data?.bytes).toBe(9.5 * MEGABYTE);
    const whole = await scene.client.storage.from("runs").download(data?.path);
    expect((await whole.data?.text())?.length).toBe(9.5 * MEGABYTE);
    const link = await scene.client.storage.from("runs").createSignedUrl(data?.path, 60);
    const answer = await fetch(link.data?.signedUrl ?? "");
    const reader = answer.body?.getReader();
    const first = await reader?.read();
    await reader?.cancel();
    expect(new TextDecoder().decode(first?.value?.subarray(0, 100))).toBe("x".repeat(100));
    const stranger = await scene.stack.newUser();
    expect((await stranger.client.storage.from("runs").download(data?.path)).error).not.toBeNull();
    expect((await stranger.client.storage.from("runs").createSignedUrl(data?.path, 60)).error).not.toBeNull();
  });

  it("goes with its run", async () => {
    const { data } = await scene.client.from("artifacts").select("path").eq("run_id", runId).single();
    await sql`
      insert into engine.file_removals (path, due_at)
      select name, now() from storage.objects where name like ${`${scene.workspaceId}/${runId}/%`}`;
    await expect
      .poll(async () => (await sql`select from engine.file_removals`).length, { timeout: 15_000 })
      .toBe(0);
    expect((await scene.client.storage.from("runs").download(data?.path)).error).not.toBeNull();
    expect(
      await sql`select from storage.objects where name like ${`${scene.workspaceId}/${runId}/%`}`,
    ).toHaveLength(0);
  });
});
