// R-17, the short form: a server that fails is soon left alone, and everything goes on when it answers again.
import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openEngineScene, type EngineScene } from "../servers/engine-scene.ts";
import { sceneWorkers, type SceneWorkers } from "../servers/scene-worker.ts";
import { setStage, type Stage } from "../engine/stage.ts";
import { callOnce, startDependency, withoutBreakers, type Dependency } from "./outage.ts";

const RUNS = 100;
/** Real calls, retries and probes, on a machine that may be busy with anything else. */
const PATIENCE_MS = 180_000;
const retry = { maxAttempts: 4, baseDelayMs: 20, maxDelayMs: 100 };

let scene: EngineScene;
let sql: postgres.Sql;
let stage: Stage;
let workers: SceneWorkers;
let server: Dependency;
beforeAll(async () => {
  scene = await openEngineScene();
  sql = scene.db.sql;
  workers = sceneWorkers(scene);
  stage = await setStage(sql);
});
afterAll(async () => {
  await workers.close();
  await scene.close();
});

/** Works until `done` says so, as a host that pokes its workers. */
async function work(done: () => Promise<boolean>): Promise<void> {
  const two = [workers.make(), workers.make()];
  while (!(await done())) {
    await Promise.all(two.map((worker) => worker.work()));
    await new Promise((later) => setTimeout(later, 20));
  }
}
async function count(condition: string): Promise<number> {
  const [row] = await sql.unsafe<{ n: number }[]>(
    `select count(*)::int as n from public.steps where workspace_id = '${stage.workspaceId}' and ${condition}`,
  );
  return row?.n ?? 0;
}

/** Calls that failed before every step had ended or waited for the server, but for a probe. */
async function outage(slug: string): Promise<number> {
  server = await startDependency();
  const workflow = await stage.publish(slug, callOnce(`${server.url}/effect`, { retry }));
  await sql`select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}') from generate_series(1, ${RUNS})`;
  await work(
    async () =>
      (await count("finished_at is null and not coalesce(waiting_for ->> 'ref' like 'host:%', false)")) <= 2,
  );
  return server.calls.length;
}

it(
  "R-17 stops calling a server that fails, uses up no attempt for that, and succeeds everywhere once it answers",
  async () => {
    const failed = await outage("guarded");
    expect(failed).toBeGreaterThanOrEqual(20);
    // 20 open the breaker; what was under way, and a probe or two, come on top.
    expect(failed).toBeLessThan(RUNS);
    expect(await count("finished_at is not null")).toBe(0);
    server.fail(false);
    await work(async () => (await count("finished_at is null")) === 0);
    expect(await count("status = 'succeeded'")).toBe(RUNS);
    expect(server.calls.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(RUNS);
    await server.close();
  },
  PATIENCE_MS,
);

it(
  "R-17 turns red without breakers: every attempt is spent on a server that is down",
  async () => {
    await sql.unsafe(withoutBreakers);
    const failed = await outage("unguarded");
    expect(failed).toBeGreaterThan(3 * RUNS);
    await server.close();
  },
  PATIENCE_MS,
);
