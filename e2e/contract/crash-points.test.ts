import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CrashPoint } from "../../edge-functions/_shared/crash-points.ts";
import { root, startDenoFunction, type DenoFunction } from "../servers/deno-process.ts";
import { openEngineScene, type EngineScene } from "../servers/engine-scene.ts";
import { startHttpServer, type HttpServer } from "../servers/http-server.ts";

const leaseMs = 1_500;

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

async function startWorker(crashPoint?: string): Promise<DenoFunction> {
  const worker = await startDenoFunction("run-steps", {
    RUNBOARD_ENGINE_DB_URL: scene.db.engineUrl,
    RUNBOARD_WORKER_SECRET: "worker-secret",
    RUNBOARD_LEASE_MS: String(leaseMs),
    RUNBOARD_ALLOW_PRIVATE: "127.0.0.1",
    SUPABASE_URL: web.url,
    SUPABASE_SERVICE_ROLE_KEY: "unused",
    ...(crashPoint === undefined ? {} : { RUNBOARD_CRASH_POINT: crashPoint }),
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
const wire = (source: string, sourcePort: string, target: string) => ({
  id: `${source}-${target}`,
  source,
  sourcePort,
  target,
});
const chain = (path: string, effect?: string) => ({
  nodes: [
    { id: "t", key: "start", kind: "trigger-manual", position: at },
    {
      id: "a",
      key: "call",
      kind: "http-request",
      position: at,
      config: { method: "POST" },
      inputs: { url: { literal: `${web.url}${path}` } },
      ...(effect ? { effect } : {}),
    },
    { id: "b", key: "after", kind: "transform", position: at, config: { fields: { ok: { literal: true } } } },
  ],
  edges: [wire("t", "input", "a"), wire("a", "body", "b")],
  output: { ok: { ref: "steps.after.output.value.ok" } },
});

async function finish(worker: DenoFunction, runId: string) {
  for (let turn = 0; turn < 60; turn++) {
    await poke(worker);
    const run = await scene.ended(runId);
    if (run) return run;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("The run did not end.");
}

describe("a worker that dies", () => {
  const points: CrashPoint[] = [
    "after_claim",
    "before_effect",
    "after_effect",
    "before_report",
    "after_report",
  ];

  it.each(points)(
    "%s is made good by the next one: each step succeeds once, under one idempotency key",
    async (point) => {
      const workflow = await scene.publish(`crash-${point.replaceAll("_", "-")}`, chain(`/echo?at=${point}`));
      const runId = await scene.start(workflow, {});
      const doomed = await startWorker(point);
      await poke(doomed);
      expect(await doomed.ended).toBe(137);
      const run = await finish(await startWorker(), runId);
      expect(run).toMatchObject({ status: "succeeded", output: { ok: true } });
      const calls = web.asked.filter(({ path }) => path === `/echo?at=${point}`);
      expect(calls.length).toBeGreaterThanOrEqual(1);
      expect(new Set(calls.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
      const events = await scene.db.sql`
      select step_key, count(*)::int as n from public.run_events where run_id = ${runId} and kind = 'step.succeeded' group by step_key order by step_key`;
      expect(events.map((event) => [event["step_key"], event["n"]])).toEqual([
        ["after", 1],
        ["call", 1],
      ]);
    },
  );

  const around: CrashPoint[] = [
    "after_claim",
    "before_start_marker",
    "after_start_marker",
    "before_effect",
    "after_effect",
    "before_report",
    "after_report",
  ];

  it.each(around)(
    "R-32 %s calls a server that may be called once at most once, and leaves what is unclear to a person",
    async (point) => {
      const path = `/echo?once=${point}`;
      const workflow = await scene.publish(`once-${point.replaceAll("_", "-")}`, chain(path, "at_most_once"));
      const runId = await scene.start(workflow, {});
      const doomed = await startWorker(point);
      await poke(doomed);
      expect(await doomed.ended).toBe(137);
      const end = await endOrQuestion(await startWorker(), runId);
      const calls = web.asked.filter((asked) => asked.path === path).length;
      const marked = !["after_claim", "before_start_marker"].includes(point);
      const reported = point === "after_report";
      expect({ end, calls }).toEqual({
        end: marked && !reported ? "reconcile" : "succeeded",
        calls: point === "after_start_marker" || point === "before_effect" ? 0 : 1,
      });
    },
  );

  async function endOrQuestion(worker: DenoFunction, runId: string): Promise<unknown> {
    for (let turn = 0; turn < 60; turn++) {
      await poke(worker);
      const [row] = await scene.db
        .sql`select status, waiting_for ->> 'kind' as kind, finished_at from public.runs where id = ${runId}`;
      if (row?.["finished_at"]) return row["status"];
      if (row?.["status"] === "waiting") return row["kind"];
      await new Promise((done) => setTimeout(done, 100));
    }
    return "neither";
  }
});

it("R-03 ships no way to end a process: crash points exist in tests only", () => {
  const folder = join(root, "edge-functions");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  expect(files.length).toBeGreaterThan(20);
  const ending = files.filter((name) =>
    /\b(process|Deno)\.(exit|kill|abort)\b/.test(readFileSync(join(folder, name), "utf8")),
  );
  expect(ending).toEqual([]);
});
