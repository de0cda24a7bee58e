// one step in fifty ends, fills or blocks the process that runs it. It is given up as poison after three crashes; its neighbours keep
// their pace.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type postgres from "postgres";
import { setStage, type Stage } from "../engine/stage.ts";
import { startCluster } from "./cluster.ts";
import { crashesForgotten } from "./controls.ts";
import { startCrew, type Crew } from "./crew.ts";
import { callOnce, startDependency } from "./outage.ts";

const RUNS = 1_200;
/** Of the control. */
const FEW_RUNS = 200;
const PER_SECOND = 20;
const DEEDS = ["exits", "fills", "spins"] as const;

interface Pace {
  readonly perSecond: number;
  readonly latestS: number;
}

export async function proveDeadly(_seed: number, onNews: (text: string) => void) {
  const cacheDir = mkdtempSync(join(tmpdir(), "runboard-chaos-deno-"));
  const [cluster, server] = await Promise.all([startCluster(), startDependency()]);
  server.fail(false);
  const { sql } = cluster;
  let crew: Crew | undefined;
  try {
    const stage = await setStage(sql);
    const [calls, ...deadly] = await Promise.all(
      ["call", ...DEEDS].map((key) => stage.publish(key, callOnce(`${server.url}/effect`, { key }))),
    );
    crew = await startCrew({
      engineUrl: cluster.engineUrl(cluster.port),
      size: 4,
      leaseMs: 15_000,
      concurrency: 32,
      cacheDir,
      // The test's crash points, none of which is reached: the steps' keys say what to do.
      env: () => ({ RUNBOARD_CRASH_POINT: "none", DENO_V8_FLAGS: "--max-old-space-size=256" }),
    });
    onNews(`${RUNS} runs, ${PER_SECOND} a second, none of them deadly`);
    const normal = await pace(sql, stage, calls ?? "", RUNS, () => undefined);
    onNews("the same with one in fifty deadly");
    const deedOf = (n: number) => (n % 50 === 25 ? deadly[((n / 50) % 3) | 0] : undefined);
    const among = await pace(sql, stage, calls ?? "", RUNS, deedOf);
    await ended(sql, 120_000);
    const { ended: exits, hung } = crew;
    const found = await judge(sql, calls ?? "");
    onNews("a few more while nobody counts crashes");
    await crashesForgotten(sql);
    await pace(sql, stage, calls ?? "", FEW_RUNS, deedOf);
    await ended(sql, 5_000);
    const control = await judge(sql, calls ?? "");
    const share = Math.round((among.perSecond / normal.perSecond) * 1_000) / 10;
    return {
      figures:
        `${found.poison} of ${found.deadly} deadly steps ended as poison after three crashes each (${exits} ended processes, ${hung} killed for silence); ` +
        `neighbours at ${share} % of the normal pace, the latest after ${among.latestS} s`,
      numbers: {
        runs: RUNS,
        deadly: found.deadly,
        poison: found.poison,
        exits,
        hung,
        share,
        latestS: among.latestS,
      },
      controls: [{ name: "crashes forgotten", red: control.broken.length > found.broken.length }],
      broken: [
        ...found.broken,
        ...(share >= 90 ? [] : [`neighbours went at ${share} % of the normal pace`]),
        ...(among.latestS <= 30 ? [] : [`a neighbour ended ${among.latestS} s after its start`]),
      ],
    };
  } finally {
    await crew?.stop();
    await server.close();
    await cluster.stop();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

/** Starts runs at an even rate; how many harmless ones a second ended while that went on, and how long the slowest took. */
async function pace(
  sql: postgres.Sql,
  stage: Stage,
  calls: string,
  runs: number,
  deedOf: (n: number) => string | undefined,
): Promise<Pace> {
  const [clock] = await sql<{ at: Date }[]>`select clock_timestamp() as at`;
  const from = clock?.at ?? new Date();
  const began = performance.now();
  for (let n = 0; n < runs; n += PER_SECOND) {
    const workflows = Array.from({ length: PER_SECOND }, (_, at) => deedOf(n + at) ?? calls);
    await sql`select engine.start_run_as(${stage.userId}, workflow, '{}', '{}') from unnest(${workflows}::uuid[]) as workflow`;
    await pause(began + ((n + PER_SECOND) / PER_SECOND) * 1_000 - performance.now());
  }
  const seconds = (performance.now() - began) / 1_000;
  const [done] = await sql<{ n: number }[]>`
    select count(*)::int as n from public.runs where workflow_id = ${calls} and created_at >= ${from} and status = 'succeeded'`;
  for (const until = performance.now() + 60_000; performance.now() < until;) {
    const [open] = await sql`
      select from public.runs where workflow_id = ${calls} and created_at >= ${from} and finished_at is null limit 1`;
    if (!open) break;
    await pause(100);
  }
  const [slowest] = await sql<{ s: number }[]>`
    select max(extract(epoch from coalesce(finished_at, clock_timestamp()) - created_at))::float8 as s
    from public.runs where workflow_id = ${calls} and created_at >= ${from}`;
  return { perSecond: (done?.n ?? 0) / seconds, latestS: Math.round((slowest?.s ?? 0) * 10) / 10 };
}

async function ended(sql: postgres.Sql, allowedMs: number): Promise<void> {
  for (const until = performance.now() + allowedMs; performance.now() < until;) {
    const [open] = await sql`select from public.runs where finished_at is null limit 1`;
    if (!open) return;
    await pause(200);
  }
}

async function judge(
  sql: postgres.Sql,
  calls: string,
): Promise<{ deadly: number; poison: number; broken: string[] }> {
  const rows = await sql<
    { harmless: boolean; status: string; code: string | null; crashes: number; n: number }[]
  >`
    select run.workflow_id = ${calls} as harmless, step.status, step.error ->> 'code' as code, step.crashes, count(*)::int as n
    from public.steps as step join public.runs as run on run.id = run_id group by 1, 2, 3, 4`;
  const deadly = rows.filter(({ harmless }) => !harmless);
  const isRight = (row: (typeof rows)[number]): boolean =>
    row.harmless ? row.status === "succeeded" : row.code === "poison" && row.crashes === 3;
  const sum = (list: typeof deadly): number => list.reduce((all, { n }) => all + n, 0);
  return {
    deadly: sum(deadly),
    poison: sum(deadly.filter(isRight)),
    broken: rows
      .filter((row) => !isRight(row))
      .map(
        (row) =>
          `${row.n} ${row.harmless ? "harmless" : "deadly"} steps ${row.status} ${row.code ?? ""} after ${row.crashes} crashes`,
      ),
  };
}

const pause = (ms: number): Promise<unknown> => new Promise((done) => setTimeout(done, Math.max(0, ms)));
