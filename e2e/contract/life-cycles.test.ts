// Runs that are cancelled, undone, repeated and waited for, on the real engine with the real worker and a real server.
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { defineNode } from "../../src/core/node.ts";
import { openEngineScene, type EngineScene } from "../servers/engine-scene.ts";
import { startHttpServer, type HttpServer } from "../servers/http-server.ts";
import { sceneWorkers, type SceneWorkers } from "../servers/scene-worker.ts";

let scene: EngineScene;
let web: HttpServer;
let workers: SceneWorkers;
let silent: Server;
let silentUrl: string;
/** Calls the silent server got, and those it lost again. */
const calls = { open: 0, hungUp: 0 };

beforeAll(async () => {
  [scene, web] = await Promise.all([openEngineScene(), startHttpServer()]);
  workers = sceneWorkers(scene, 1_500);
  silent = createServer((request) => {
    calls.open++;
    request.socket.once("close", () => calls.hungUp++);
  });
  await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
  const address = silent.address();
  silentUrl = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
});
afterAll(async () => {
  silent.closeAllConnections();
  await new Promise((done) => silent.close(done));
  await workers.close();
  await web.close();
  await scene.close();
});

const at = { x: 0, y: 0 };
const trigger = { id: "t", key: "start", kind: "trigger-manual", position: at };
const edge = (source: string, sourcePort: string, target: string) => ({
  id: `${source}-${target}`,
  source,
  sourcePort,
  target,
});
const http = (key: string, method: string, url: object, rest: object = {}) => ({
  id: key,
  key,
  kind: "http-request",
  position: at,
  config: { method },
  inputs: { url },
  ...rest,
});

/** Works until the condition holds. */
async function workUntil(holds: () => Promise<boolean> | boolean, worker = workers.make()): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    const { nextDueMs } = await worker.work();
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, Math.min(nextDueMs ?? 50, 200)));
  }
  throw new Error("It never came to that.");
}
const ended = (runId: string) => async () => (await scene.ended(runId)) !== undefined;
const statusesOf = async (runId: string) => {
  const rows = await scene.db
    .sql`select step_key, status, error ->> 'code' as code from public.steps where run_id = ${runId}`;
  return Object.fromEntries(rows.map((row) => [row["step_key"], row["code"] ?? row["status"]]));
};
const me = () => scene.db.asUser(scene.userId);

it("cancels a call under way, and keeps what the step had already made", async () => {
  const workflow = await scene.publish("slow", {
    nodes: [trigger, { id: "a", key: "a", kind: "transform", position: at, config: { fields: {} } }],
    edges: [edge("t", "input", "a")],
  });
  const keepsThenCalls = defineNode({
    kind: "transform",
    title: "Keeps, then calls",
    summary: "",
    icon: "globe",
    category: "tool",
    config: z.looseObject({}),
    inputs: {},
    outputs: { value: z.json() },
    form: {},
    effect: "read",
    sample: { config: {}, inputs: {} },
    async run({ can }) {
      await can.artifact({ kind: "text", title: "Half of it", mime: "text/plain", body: "half" });
      const { body } = await can.http({ method: "GET", url: silentUrl, redirects: 0 });
      return { value: body };
    },
  });
  const runId = await scene.start(workflow, {});
  const working = workers.make({ transform: keepsThenCalls }).work();
  while (calls.open === 0) await new Promise((done) => setTimeout(done, 20));
  await me()`select public.cancel_run(${runId})`;
  await working;
  expect(await scene.ended(runId)).toMatchObject({ status: "cancelled" });
  while (calls.hungUp === 0) await new Promise((done) => setTimeout(done, 20));
  const artifacts = await scene.db.sql`select title, body from public.artifacts where run_id = ${runId}`;
  expect([...artifacts]).toEqual([{ title: "Half of it", body: "half" }]);
});

it("asks after a cancelled call that must not be repeated, and goes on with what a person says", async () => {
  const workflow = await scene.publish("once", {
    nodes: [
      trigger,
      http("mail", "POST", { literal: silentUrl }, { effect: "at_most_once" }),
      {
        id: "b",
        key: "b",
        kind: "transform",
        position: at,
        config: { fields: { s: { ref: "steps.mail.output.status" } } },
      },
    ],
    edges: [edge("t", "input", "mail"), edge("mail", "status", "b")],
    output: { s: { ref: "steps.b.output.value.s" } },
  });
  const runId = await scene.start(workflow, {});
  const before = calls.open;
  const working = workers.make().work();
  while (calls.open === before) await new Promise((done) => setTimeout(done, 20));
  await me()`select public.cancel_run(${runId})`;
  await working;
  expect(await statusesOf(runId)).toEqual({ mail: "outcome_unknown", b: "cancelled" });
  await me()`select public.retry_run(${runId})`;
  const [asked] = await scene.db.sql`
    select id, purpose, (select waiting_for ->> 'kind' from public.runs where id = ${runId}) as waits
    from public.approvals where run_id = ${runId} and status = 'open'`;
  expect(asked).toMatchObject({ purpose: "reconcile", waits: "reconcile" });
  await me()`select public.decide_approval(${asked?.["id"]}, 'treat_as_done', null, '{"status": 202, "headers": {}, "body": null}')`;
  await workUntil(ended(runId));
  expect(await scene.ended(runId)).toMatchObject({ status: "succeeded", output: { s: 202 } });
  expect(calls.open - before).toBe(1);
});

it("undoes what succeeded, the last first, with keys of their own", async () => {
  const undo = (method: string) => ({
    kind: "http-request",
    config: { method },
    inputs: {
      url: {
        template: `${web.url}/echo?undo={{ steps.${method === "PUT" ? "seat" : "room"}.output.status }}`,
      },
    },
  });
  const workflow = await scene.publish("undo", {
    nodes: [
      trigger,
      http("room", "POST", { literal: `${web.url}/echo?room` }, { rollback: undo("DELETE") }),
      http("seat", "POST", { literal: `${web.url}/echo?seat` }, { rollback: undo("PUT") }),
      {
        id: "f",
        key: "f",
        kind: "fail",
        position: at,
        config: { code: "sold_out" },
        inputs: { message: { literal: "Sold out." } },
      },
    ],
    edges: [edge("t", "input", "room"), edge("room", "status", "seat"), edge("seat", "status", "f")],
  });
  const from = web.asked.length;
  const runId = await scene.start(workflow, {});
  await workUntil(ended(runId));
  expect(await scene.ended(runId)).toMatchObject({
    status: "failed",
    error: { code: "sold_out", step: "f" },
  });
  const asked = web.asked.slice(from);
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "POST /echo?room",
    "POST /echo?seat",
    "PUT /echo?undo=200",
    "DELETE /echo?undo=200",
  ]);
  expect(new Set(asked.map(({ headers }) => headers["idempotency-key"])).size).toBe(4);
});

it("repeats until a condition holds, waits between the turns, and fails at its bound", async () => {
  const poll = (times: number) => ({
    nodes: [
      trigger,
      {
        id: "poll",
        key: "poll",
        kind: "repeat",
        position: at,
        config: {
          maxTurns: 4,
          until: "steps.look.output.status == 200",
          delayMs: 20,
          result: { expr: '{"turn": turn, "before": previous}' },
        },
        inputs: { start: { literal: "none" } },
      },
      http(
        "look",
        "GET",
        { template: `${web.url}/flaky?times=${times}&key=poll${times}` },
        {
          config: { method: "GET", okStatus: ["200", "503"] },
          parent: "poll",
        },
      ),
    ],
    edges: [edge("t", "input", "poll")],
    output: { last: { ref: "steps.poll.output.last" }, turns: { ref: "steps.poll.output.turns" } },
  });
  const good = await scene.start(await scene.publish("poll", poll(2)), {});
  await workUntil(ended(good));
  expect(await scene.ended(good)).toMatchObject({
    status: "succeeded",
    output: { turns: 3, last: { turn: 2, before: { turn: 1, before: { turn: 0, before: "none" } } } },
  });
  const bad = await scene.start(await scene.publish("poll-forever", poll(50)), {});
  await workUntil(ended(bad));
  expect(await scene.ended(bad)).toMatchObject({ status: "failed", error: { code: "repeat_bound" } });
});

it("waits for a form and for the signal that fits, and lets a detached run go its own way", async () => {
  await scene.publish("child", {
    nodes: [trigger, { id: "w", key: "w", kind: "wait", position: at, config: { forMs: 3_600_000 } }],
    edges: [edge("t", "input", "w")],
  });
  const workflow = await scene.publish("people", {
    input: { type: "object", properties: { order: { type: "integer" } }, required: ["order"] },
    nodes: [
      trigger,
      { id: "d", key: "d", kind: "sub-workflow", position: at, config: { workflow: "child", detach: true } },
      {
        id: "f",
        key: "f",
        kind: "form",
        position: at,
        config: { schema: { type: "object", required: ["city"], properties: { city: { type: "string" } } } },
        inputs: { title: { literal: "Where to?" } },
      },
      {
        id: "s",
        key: "s",
        kind: "signal-wait",
        position: at,
        config: { name: "paid", match: "signal.order == input.order" },
      },
      { id: "c", key: "c", kind: "sub-workflow", position: at, config: { workflow: "child" } },
    ],
    edges: [
      edge("t", "input", "d"),
      edge("d", "run", "f"),
      edge("f", "values", "s"),
      edge("s", "signal", "c"),
    ],
    output: { city: { ref: "steps.f.output.values.city" } },
  });
  const runId = await scene.start(workflow, { order: 7 });
  const waitsFor = async () => (await statusRow(runId))?.["waiting_for"]?.kind;
  await workUntil(async () => (await waitsFor()) === "form");
  const [form] = await scene.db
    .sql`select id from public.approvals where run_id = ${runId} and status = 'open'`;
  await me()`select public.submit_form(${form?.["id"]}, '{"city": "Springfield"}')`;
  await workUntil(async () => (await waitsFor()) === "signal");
  await me()`select public.send_signal(${runId}, 'paid', '{"order": 8}')`;
  expect(await waitsFor()).toBe("signal");
  await me()`select public.send_signal(${runId}, 'paid', '{"order": 7}')`;
  await workUntil(async () => String((await statusRow(runId))?.["waiting_for"]?.ref).startsWith("run:"));
  await me()`select public.cancel_run(${runId})`;
  const children = await scene.db.sql`
    select parent_step, status from public.runs where title = 'child' and workspace_id = ${scene.workspaceId}
    order by parent_step nulls first`;
  // The detached one goes on, the one waited for ends with its parent.
  expect([...children]).toEqual([
    { parent_step: null, status: "waiting" },
    { parent_step: "c", status: "cancelled" },
  ]);
});

async function statusRow(runId: string) {
  const [row] = await scene.db.sql`select status, waiting_for from public.runs where id = ${runId}`;
  return row;
}
