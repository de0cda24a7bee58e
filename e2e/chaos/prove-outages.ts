// the database goes away for up to half a minute; then every wake-up is lost for two minutes. No worker ends, what was started is
// through ten seconds after, and the sweep finds what nobody was woken for.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWake } from "../../supabase/embedded/wake.ts";
import { startDenoFunction } from "../servers/deno-process.ts";
import { setStage } from "../engine/stage.ts";
import { type Cluster, persist, startCluster } from "./cluster.ts";
import { startCrew } from "./crew.ts";
import { callOnce, startDependency, type Dependency } from "./outage.ts";

const AWAY_S = [0, 5, 12, 20, 30];
const RUNS = 200;
const DEAF_S = 120;

export async function proveOutages(_seed: number, onNews: (text: string) => void) {
  const cacheDir = mkdtempSync(join(tmpdir(), "runboard-chaos-deno-"));
  const [cluster, server] = await Promise.all([startCluster(), startDependency()]);
  server.fail(false);
  try {
    const away = await databaseAway(cluster, server, cacheDir, onNews);
    onNews("every wake-up is lost for two minutes");
    const deaf = await wakeUpsLost(cluster, server, cacheDir);
    onNews("once more without the sweep's pokes");
    const control = await wakeUpsLost(cluster, server, cacheDir, 35, false);
    return {
      figures:
        `${AWAY_S.length} outages of up to ${Math.max(...AWAY_S)} s: ${away.exits} processes ended, drained ${away.slowestS} s after the database was back at most; ` +
        `${DEAF_S} s without wake-ups: the slowest of ${deaf.runs} runs began after ${deaf.slowestS} s`,
      numbers: {
        outages: AWAY_S.length,
        exits: away.exits,
        drainedS: away.slowestS,
        deafRuns: deaf.runs,
        deafStartS: deaf.slowestS,
      },
      controls: [{ name: "no sweep", red: control.slowestS > 30 }],
      broken: [
        ...(away.exits === 0 ? [] : [`${away.exits} workers ended while the database was away`]),
        ...(away.slowestS <= 10 ? [] : [`the last run ended ${away.slowestS} s after the database was back`]),
        ...(deaf.slowestS <= 30 ? [] : [`a run began ${deaf.slowestS} s after its start`]),
        ...(control.slowestS > 30 ? [] : ["without the sweep everything went on, so nothing was proven"]),
      ],
    };
  } finally {
    await server.close();
    await cluster.stop();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

async function databaseAway(
  cluster: Cluster,
  server: Dependency,
  cacheDir: string,
  onNews: (text: string) => void,
): Promise<{ exits: number; slowestS: number }> {
  const { sql } = cluster;
  const stage = await setStage(sql);
  const workflow = await stage.publish("away", callOnce(`${server.url}/effect`));
  const crew = await startCrew({
    engineUrl: cluster.engineUrl(cluster.port),
    size: 4,
    leaseMs: 1_500,
    concurrency: 16,
    cacheDir,
  });
  let slowest = 0;
  try {
    for (const seconds of AWAY_S) {
      await sql`select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}') from generate_series(1, ${RUNS})`;
      await cluster.powerCut(seconds * 1_000);
      const back = performance.now();
      for (let open = true; open && performance.now() - back < 60_000;) {
        const rows = await persist(() => sql`select from public.runs where finished_at is null limit 1`);
        open = rows.length > 0;
        if (open) await pause(50);
      }
      const drained = (performance.now() - back) / 1_000;
      slowest = Math.max(slowest, drained);
      onNews(`away for ${seconds} s, drained ${drained.toFixed(1)} s after`);
    }
    return { exits: crew.ended + crew.hung, slowestS: Math.round(slowest * 10) / 10 };
  } finally {
    await crew.stop();
  }
}

/** The installation's own waker with a database that wakes nobody; `sweeps` false leaves out its regular pokes as well. */
async function wakeUpsLost(
  cluster: Cluster,
  server: Dependency,
  cacheDir: string,
  seconds = DEAF_S,
  sweeps = true,
): Promise<{ runs: number; slowestS: number }> {
  const { sql } = cluster;
  await sql.unsafe(`
    create or replace function engine.wake_workers() returns void language plpgsql set search_path = '' as 'begin return; end'`);
  const stage = await setStage(sql);
  const workflow = await stage.publish("deaf", callOnce(`${server.url}/effect`));
  const worker = await startDenoFunction("run-steps", {
    DENO_DIR: cacheDir,
    RUNBOARD_ENGINE_DB_URL: cluster.engineUrl(cluster.port),
    RUNBOARD_WORKER_SECRET: "worker-secret",
    RUNBOARD_ALLOW_PRIVATE: "127.0.0.1",
    SUPABASE_URL: "http://127.0.0.1:9",
    SUPABASE_SERVICE_ROLE_KEY: "unused",
  });
  const wake = await startWake({
    databaseUrl: cluster.url,
    workerPort: () => Promise.resolve(sweeps ? Number(new URL(worker.url).port) : undefined),
    workerSecret: "worker-secret",
  });
  try {
    for (const until = performance.now() + seconds * 1_000; performance.now() < until;) {
      await sql`select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}')`;
      await pause(2_000);
    }
    const [row] = await sql<{ runs: number; s: number }[]>`
      select count(*)::int as runs, max(extract(epoch from coalesce(started_at, clock_timestamp()) - created_at))::float8 as s
      from public.runs where workflow_id = ${workflow}`;
    return { runs: row?.runs ?? 0, slowestS: Math.round((row?.s ?? 0) * 10) / 10 };
  } finally {
    await wake.stop();
    await worker.kill();
  }
}

const pause = (ms: number): Promise<unknown> => new Promise((done) => setTimeout(done, ms));
