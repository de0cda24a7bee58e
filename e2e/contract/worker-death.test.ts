// a dead worker's steps go on at once. The lease is ten minutes here, so whatever is recovered was recovered without it.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ClaimedStep, StepReport } from "../../src/core/worker.ts";
import { startDenoFunction, type DenoFunction } from "../servers/deno-process.ts";
import { openEngineScene, type EngineScene } from "../servers/engine-scene.ts";
import { startHttpServer, type HttpServer } from "../servers/http-server.ts";

let scene: EngineScene;
let web: HttpServer;
const started: DenoFunction[] = [];

beforeAll(async () => {
  [scene, web] = await Promise.all([openEngineScene(), startHttpServer()]);
});
afterAll(async () => {
  await Promise.all(started.map((one) => one.kill()));
  await web?.close();
  await scene?.close();
});

async function startWorker(): Promise<DenoFunction> {
  const worker = await startDenoFunction("run-steps", {
    RUNBOARD_ENGINE_DB_URL: scene.db.engineUrl,
    RUNBOARD_WORKER_SECRET: "worker-secret",
    RUNBOARD_LEASE_MS: "600000",
    RUNBOARD_ALLOW_PRIVATE: "127.0.0.1",
    SUPABASE_URL: web.url,
    SUPABASE_SERVICE_ROLE_KEY: "unused",
  });
  started.push(worker);
  return worker;
}

const poke = (worker: DenoFunction) =>
  fetch(worker.url, { method: "POST", headers: { "x-runboard-worker": "worker-secret" } }).then(
    (response) => response.text(),
    () => "gone",
  );

const at = { x: 0, y: 0 };
/** One call that is answered when the test opens the gate of that name. */
const callGate = (gate: string) => ({
  nodes: [
    { id: "t", key: "start", kind: "trigger-manual", position: at },
    {
      id: "a",
      key: "call",
      kind: "http-request",
      position: at,
      inputs: { url: { literal: `${web.url}/gate?key=${gate}` } },
    },
  ],
  edges: [{ id: "e", source: "t", sourcePort: "input", target: "a" }],
});
const callsOf = (gate: string) => web.asked.filter(({ path }) => path === `/gate?key=${gate}`).length;

/** The kinds of the events of step `call`, in order. */
async function eventsOf(runId: string): Promise<string[]> {
  const rows = await scene.db.sql<{ kind: string }[]>`
    select kind from public.run_events where run_id = ${runId} and step_key = 'call' order by seq`;
  return rows.map(({ kind }) => kind);
}

const succeeded = ({ runId, stepKey, itemPath, attempt }: ClaimedStep): StepReport => ({
  runId,
  stepKey,
  itemPath,
  attempt,
  outcome: "succeeded",
  output: { status: 200, headers: {}, body: {} },
  calls: [],
  proofs: [],
  artifacts: [],
  logs: [],
  activeMs: 0,
});

it("R-04 a killed worker's step is claimed again as soon as a new worker is up", async () => {
  const runId = await scene.start(await scene.publish("killed", callGate("killed")), {});
  const doomed = await startWorker();
  void poke(doomed);
  await expect.poll(() => callsOf("killed"), { timeout: 10_000 }).toBe(1);
  await doomed.kill();
  const next = await startWorker();
  void poke(next);
  await expect.poll(() => callsOf("killed"), { timeout: 10_000 }).toBe(2);
  web.open("killed");
  await expect.poll(() => scene.ended(runId), { timeout: 10_000 }).toMatchObject({ status: "succeeded" });
  expect(await eventsOf(runId)).toEqual(["step.started", "step.recovered", "step.succeeded"]);
});

it("R-04 a live worker whose session ends loses its steps to another, and nothing is recorded twice", async () => {
  const runId = await scene.start(await scene.publish("cut-off", callGate("cut-off")), {});
  const alive = await startWorker();
  void poke(alive);
  await expect.poll(() => callsOf("cut-off"), { timeout: 10_000 }).toBe(1);
  // Another takes over at once: the live one opens a new session within moments, and then renews what nobody took.
  // Its end is looked for: a server told to wait for it waits a tenth of a second, in which the worker is back.
  const takeOver = async () => {
    const { sql } = scene.db;
    const ended = await sql<{ pid: number }[]>`
      select pid from engine.workers
      where worker in (select worker from public.steps where run_id = ${runId}) and pg_terminate_backend(pid)`;
    const pids = ended.map(({ pid }) => pid);
    while ((await sql`select from pg_stat_activity where pid = any(${pids})`).length > 0);
    await sql`select engine.sweep()`;
    return await scene.engine.claimSteps("other", 1, 60_000);
  };
  let taken = await takeOver();
  for (let turn = 0; turn < 50 && taken.length === 0; turn++) taken = await takeOver();
  expect(taken.map(({ attempt }) => attempt)).toEqual([2]);
  web.open("cut-off");
  await expect
    .poll(async () => JSON.parse(await poke(alive)), { timeout: 10_000 })
    .toHaveProperty("nextDueMs");
  await scene.engine.reportSteps("other", taken.map(succeeded), 0, 60_000);
  expect(await scene.ended(runId)).toMatchObject({ status: "succeeded" });
  expect(await eventsOf(runId)).toEqual(["step.started", "step.recovered", "step.succeeded"]);
});

it("a live worker opens a new session and goes on working", async () => {
  const worker = await startWorker();
  await poke(worker);
  await scene.db.sql`select pg_terminate_backend(pid, 1000) from engine.workers where pid is not null`;
  const runId = await scene.start(await scene.publish("goes-on", callGate("goes-on")), {});
  web.open("goes-on");
  await expect
    .poll(async () => (await poke(worker), scene.ended(runId)), { timeout: 10_000 })
    .toMatchObject({ status: "succeeded" });
});
