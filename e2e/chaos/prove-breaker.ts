// a server answers 503 for a minute while 2,000 runs want it. Real workers; the breaker opens, few calls are wasted, and everything is
// through soon after, without a rush.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setStage } from "../engine/stage.ts";
import { startCluster, type Cluster } from "./cluster.ts";
import { startFleet } from "./fleet.ts";
import { callOnce, startDependency, withoutBreakers, type Dependency } from "./outage.ts";
import { seededRandom } from "./random.ts";

interface Weathered {
  readonly succeeded: number;
  readonly failed: number;
  readonly openedMs: number;
  /** Calls while the server was down and its breaker open. */
  readonly extraCalls: number;
  readonly drainedMs: number;
  /** The fullest second after the server came back, in times the mean. */
  readonly peak: number;
}

const LEASE_MS = 15_000;
const RUNS = 2_000;

async function weather(
  seed: number,
  outageMs: number,
  runs: number,
  onNews: (text: string) => void,
  sabotage?: string,
): Promise<Weathered> {
  const cacheDir = mkdtempSync(join(tmpdir(), "runboard-chaos-deno-"));
  const [cluster, server] = await Promise.all([startCluster(), startDependency()]);
  const stage = await setStage(cluster.sql);
  const workflow = await stage.publish("call", callOnce(`${server.url}/effect`));
  if (sabotage !== undefined) await cluster.sql.unsafe(sabotage);
  const fleet = await startFleet(
    cluster,
    { size: 4, leaseMs: LEASE_MS, concurrency: 32, cacheDir },
    seededRandom(seed),
  );
  try {
    const began = performance.now();
    await cluster.sql`
      select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}') from generate_series(1, ${runs})`;
    const openedAt = await opened(cluster, began + outageMs);
    onNews(`the breaker ${openedAt === undefined ? "did not open" : "opened"}`);
    await until(began + outageMs);
    server.fail(false);
    const recovered = performance.now();
    onNews(`${server.calls.length} calls while the server was down`);
    await drained(cluster, recovered + 120_000);
    return {
      ...(await ends(cluster)),
      openedMs: openedAt === undefined ? Infinity : openedAt - (server.calls[0]?.at ?? began),
      extraCalls: server.calls.filter(({ at, ok }) => !ok && at > (openedAt ?? 0)).length,
      drainedMs: performance.now() - recovered,
      peak: peakOf(server),
    };
  } finally {
    await fleet.stop();
    await server.close();
    await cluster.stop();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

async function opened({ sql }: Cluster, by: number): Promise<number | undefined> {
  while (performance.now() < by) {
    const [open] = await sql`select from engine.breakers where opened_at is not null`;
    if (open) return performance.now();
    await until(performance.now() + 20);
  }
  return undefined;
}

async function drained({ sql }: Cluster, by: number): Promise<void> {
  while (performance.now() < by) {
    const [open] = await sql`select from public.runs where finished_at is null limit 1`;
    if (!open) return;
    await until(performance.now() + 50);
  }
}

async function ends({ sql }: Cluster): Promise<{ succeeded: number; failed: number }> {
  const [row] = await sql<{ succeeded: number; failed: number }[]>`
    select count(*) filter (where status = 'succeeded')::int as succeeded, count(*) filter (where status = 'failed')::int as failed
    from public.runs`;
  return row ?? { succeeded: 0, failed: 0 };
}

/** The last second is left out: it is not a whole one. */
function peakOf({ calls }: Dependency): number {
  const good = calls.filter(({ ok }) => ok).map(({ at }) => at);
  const [first = 0] = good;
  const seconds = Math.floor(((good.at(-1) ?? 0) - first) / 1_000);
  const buckets = Array.from({ length: Math.max(seconds, 1) }, () => 0);
  for (const at of good) {
    const second = Math.floor((at - first) / 1_000);
    if (second < buckets.length) buckets[second] = (buckets[second] ?? 0) + 1;
  }
  const mean = buckets.reduce((sum, n) => sum + n, 0) / buckets.length;
  return mean === 0 ? 0 : Math.max(...buckets) / mean;
}

const until = (at: number): Promise<unknown> =>
  new Promise((done) => setTimeout(done, Math.max(0, at - performance.now())));

function judge(
  runs: number,
  { succeeded, failed, openedMs, extraCalls, drainedMs, peak }: Weathered,
): string[] {
  return [
    ...(succeeded === runs ? [] : [`${runs - succeeded} of ${runs} runs did not succeed, ${failed} failed`]),
    ...(openedMs <= 5_000 ? [] : [`the breaker opened after ${openedMs} ms`]),
    ...(extraCalls <= runs / 10 ? [] : [`${extraCalls} calls to a server known to be down`]),
    ...(drainedMs <= 60_000
      ? []
      : [`the last run ended ${Math.round(drainedMs / 1_000)} s after it was back`]),
    ...(peak <= 3 ? [] : [`one second had ${peak.toFixed(1)} times the mean`]),
  ];
}

export async function proveBreaker(seed: number, onNews: (text: string) => void) {
  const result = await weather(seed, 60_000, RUNS, onNews);
  const { openedMs, extraCalls, drainedMs, peak, succeeded } = result;
  onNews("once more without breakers, ten seconds and 300 runs");
  const control = judge(300, await weather(seed, 10_000, 300, onNews, withoutBreakers));
  const drainedS = Math.round(drainedMs / 100) / 10;
  return {
    figures:
      `${RUNS} runs, 60 s of 503: open after ${Math.round(openedMs)} ms, then ${extraCalls} calls until it answered; ` +
      `drained in ${drainedS} s, fullest second ${peak.toFixed(1)} × the mean, ${succeeded} succeeded`,
    numbers: {
      runs: RUNS,
      openedMs: Math.round(openedMs),
      extraCalls,
      drainedS,
      peak: Math.round(peak * 10) / 10,
      succeeded,
    },
    controls: [{ name: "breaker off", red: control.length > 0 }],
    broken: [
      ...judge(RUNS, result),
      ...(control.length > 0 ? [] : ["without breakers nothing was found, so nothing was proven"]),
    ],
  };
}
