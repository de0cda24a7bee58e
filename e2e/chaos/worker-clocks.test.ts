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

/** In seconds from the database's now: the least and the most each may be away. */
const places: Readonly<Record<string, readonly [number, number]>> = {
  "ask due": [540, 600],
  "backoff due": [240, 300],
  "dated due": [240, 600],
  "poll__turn due": [540, 600],
  "timer due": [540, 600],
  "held lease": [0, 15],
  "held ends": [540, 600],
};

/** Runs everything timed with a worker whose clock is so far off; what is not where the database's clock says, and what took less than no time. */
async function misplaced(slug: string, offset: number): Promise<string[]> {
  const run = await scene.start(await scene.publish(slug, everythingTimed(slug)), {});
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + offset });
  const working = workers.make().work();
  const timed = () => scene.db.sql<{ what: string; seconds: number }[]>`
    select step_key || ' ' || what as what, extract(epoch from at - engine.now())::float8 as seconds
    from public.steps cross join lateral (values ('due', due_at), ('lease', lease_until), ('ends', deadline_at)) as time (what, at)
    where run_id = ${run} and at is not null
      and (status = 'waiting' and what = 'due' or step_key = 'held' and status = 'running' and what in ('lease', 'ends'))`;
  await vi.waitFor(async () => expect(await timed()).toHaveLength(Object.keys(places).length), {
    timeout: 10_000,
  });
  const found = (await timed()).flatMap(({ what, seconds }) => {
    const [least, most] = places[what] ?? [0, 0];
    return seconds > least && seconds <= most ? [] : [`${what} in ${Math.round(seconds)} s`];
  });
  web.open(slug);
  await working;
  const impossible = await scene.db.sql<{ what: string }[]>`
    select 'run' as what from public.runs where started_at < created_at
    union all select 'step' from public.steps where finished_at < started_at
    union all select 'attempt' from public.attempts where finished_at < started_at or queued_ms < 0 or active_ms < 0
    union all select 'future' from public.attempts where finished_at > engine.now()`;
  return [...found, ...impossible.map(({ what }) => `impossible: ${what}`)];
}

it.each([
  ["fast", HOUR],
  ["slow", -HOUR],
])(
  "R-14 puts every time where the database's clock says, with a worker whose clock is an hour %s",
  async (slug, offset) => {
    expect(await misplaced(slug, offset)).toEqual([]);
  },
);

it("R-14 turns red when the engine takes a worker's clock for its own", async () => {
  await scene.db.sql.unsafe(`
    create or replace function engine.now() returns timestamptz language plpgsql volatile set search_path = '' as $$
    begin return clock_timestamp() + case when session_user = 'runboard_engine' then interval '1 hour' else interval '0' end; end $$`);
  const found = await misplaced("believed", HOUR);
  expect(found).toContain("timer due in 4200 s");
  expect(found).toContain("impossible: future");
});
