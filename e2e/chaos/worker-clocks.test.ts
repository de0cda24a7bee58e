// a worker whose clock is an hour off. Its leases, retries, timers and deadlines are where the database's clock puts them.
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { type EngineScene, openEngineScene } from "../servers/engine-scene.ts";
import { type HttpServer, startHttpServer } from "../servers/http-server.ts";
import { type SceneWorkers, sceneWorkers } from "../servers/scene-worker.ts";

let scene: EngineScene;
let web: HttpServer;
let workers: SceneWorkers;
beforeAll(async () => {
  [scene, web] = await Promise.all([openEngineScene(), startHttpServer()]);
  workers = sceneWorkers(scene);
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  await workers.close();
  await web.close();
  await scene.close();
});

const at = { x: 0, y: 0 };
const HOUR = 3_600_000;
const TEN_MINUTES = 600_000;
const http = (key: string, path: string, more: object = {}) => ({
  id: key,
  key,
  kind: "http-request",
  config: { method: "GET" },
  inputs: { url: { literal: `${web.url}${path}` } },
  position: at,
  ...more,
});

/** One step for each thing that has to do with time. */
function everythingTimed(slug: string): object {
  const inFiveMinutes = encodeURIComponent(new Date(Date.now() + 300_000).toUTCString());
  return {
    nodes: [
      { id: "t", key: "start", kind: "trigger-manual", position: at },
      { id: "timer", key: "timer", kind: "wait", config: { forMs: TEN_MINUTES }, position: at },
      {
        id: "poll",
        key: "poll",
        kind: "repeat",
        config: { maxTurns: 3, until: "false", delayMs: TEN_MINUTES, result: { literal: 1 } },
        inputs: { start: { literal: 0 } },
        position: at,
      },
      {
        id: "turn",
        key: "turn",
        kind: "transform",
        config: { fields: { n: { expr: "turn" } } },
        parent: "poll",
        position: at,
      },
      http("dated", `/status/503?retry-after=${inFiveMinutes}`),
      http("backoff", "/status/503", {
        retry: { maxAttempts: 2, baseDelayMs: TEN_MINUTES, factor: 1, jitter: "none" },
      }),
      {
        id: "ask",
        key: "ask",
        kind: "approval",
        config: { approvers: { roles: ["operator"], users: [] }, timeoutMs: TEN_MINUTES },
        inputs: { title: { literal: "Go?" }, message: { literal: "Or not." } },
        position: at,
      },
      http("held", `/gate?key=${slug}`, { deadlineMs: TEN_MINUTES, timeoutMs: 60_000 }),
    ],
    edges: ["timer", "poll", "dated", "backoff", "ask", "held"].map((target) => ({
      id: `t-${target}`,
      source: "t",
      sourcePort: "input",
      target,
    })),
  };
}

it.each([
  ["fast", HOUR],
  ["slow", -HOUR],
])(
  "R-14 puts every time where the database's clock says, with a worker whose clock is an hour %s",
  async (slug, offset) => {
    const run = await scene.start(await scene.publish(slug, everythingTimed(slug)), {});
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + offset });
    const working = workers.make().work();
    const timed = () => scene.db.sql<
      { step_key: string; due: number | null; lease: number | null; ends: number | null }[]
    >`
    select step_key, extract(epoch from due_at - engine.now())::float8 as due, extract(epoch from lease_until - engine.now())::float8 as lease,
      extract(epoch from deadline_at - engine.now())::float8 as ends
    from public.steps where run_id = ${run} and (status = 'waiting' or step_key = 'held') order by step_key`;
    await vi.waitFor(
      async () =>
        expect((await timed()).map(({ step_key }) => step_key)).toEqual([
          "ask",
          "backoff",
          "dated",
          "held",
          "poll__turn",
          "timer",
        ]),
      { timeout: 10_000 },
    );
    const seconds = new Map((await timed()).map((one) => [one.step_key, one]));
    for (const [key, least, most] of [
      ["ask", 540, 600],
      ["backoff", 240, 300],
      ["dated", 240, 600],
      ["poll__turn", 540, 600],
      ["timer", 540, 600],
    ] as const) {
      expect(seconds.get(key)?.due, key).toBeGreaterThan(least);
      expect(seconds.get(key)?.due, key).toBeLessThanOrEqual(most);
    }
    expect(seconds.get("held")?.lease).toBeGreaterThan(0);
    expect(seconds.get("held")?.lease).toBeLessThanOrEqual(15);
    expect(seconds.get("held")?.ends).toBeLessThanOrEqual(600);
    web.open(slug);
    await working;
    expect(
      await scene.db.sql`
    select 'run' as what from public.runs where started_at < created_at
    union all select 'step' from public.steps where finished_at < started_at
    union all select 'attempt' from public.attempts where finished_at < started_at or queued_ms < 0 or active_ms < 0
    union all select 'future' from public.attempts where finished_at > engine.now()`,
    ).toEqual([]);
  },
);
