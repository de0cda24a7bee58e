// workers are killed while they hold steps. How long until each of those steps is under way again: where the database sees that a
// worker's session is gone, and where the lease alone decides. And a worker that lives, but loses its session, records nothing twice.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setStage } from "../engine/stage.ts";
import { listen } from "../servers/listen.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import { callOnce } from "./outage.ts";
import { seededRandom } from "./random.ts";

const RUNS = 48;
/** Long enough that all of a round's calls are under way when a worker dies. */
const ANSWER_AFTER_MS = 2_000;
const LEASE_MS = 15_000;
const SHORT_LEASE_MS = 3_000;
const ROUNDS = { seen: 15, leaseOnly: 8, sessionsEnded: 6 } as const;

interface Recovered {
  readonly lost: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export async function proveRecovery(seed: number, onNews: (text: string) => void) {
  const cacheDir = mkdtempSync(join(tmpdir(), "runboard-chaos-deno-"));
  const cluster = await startCluster();
  const server = await listen(
    createServer((request, response) => {
      request.resume();
      setTimeout(
        () => response.writeHead(200, { "content-type": "application/json" }).end("{}"),
        ANSWER_AFTER_MS,
      );
    }),
  );
  const random = seededRandom(seed);
  const stage = await setStage(cluster.sql);
  const workflow = await stage.publish("slow", callOnce(`${server.url}/slow`));

  /** Starts a round's calls, waits until all are under way, does the harm, and waits until every run has ended. */
  async function round(harm: () => Promise<unknown>): Promise<number[]> {
    const { sql } = cluster;
    const started = await sql<{ id: string }[]>`
      select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}') ->> 'run_id' as id from generate_series(1, ${RUNS})`;
    const runs = started.map(({ id }) => id);
    const count = async (status: string): Promise<number> =>
      (
        await sql<
          { n: number }[]
        >`select count(*)::int as n from public.steps where run_id = any(${runs}) and status = ${status}`
      )[0]?.n ?? 0;
    await until(async () => (await count("running")) === RUNS);
    const [clock] = await sql<{ at: Date }[]>`select clock_timestamp() as at`;
    await harm();
    await until(async () => (await count("succeeded")) === RUNS);
    const again = await sql<{ ms: number }[]>`
      select (extract(epoch from started_at - ${clock?.at ?? new Date()}::timestamptz) * 1000)::float8 as ms
      from public.attempts where run_id = any(${runs}) and n > 1`;
    return again.map(({ ms }) => ms);
  }

  async function rounds(
    count: number,
    leaseMs: number,
    keepsSession: boolean,
    harm: (fleet: Fleet) => Promise<unknown> = (fleet) => fleet.kill(random),
  ): Promise<Recovered> {
    const engineUrl = (port: number): string =>
      `${cluster.engineUrl(port)}${keepsSession ? "" : "?prepare=false"}`;
    const fleet = await startFleet(
      { ...cluster, engineUrl },
      { size: 4, leaseMs, concurrency: 16, cacheDir },
      random,
    );
    const times: number[] = [];
    try {
      for (let n = 0; n < count; n += 1) times.push(...(await round(() => harm(fleet))));
    } finally {
      await fleet.stop();
    }
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN);
    return { lost: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) };
  }

  try {
    onNews(`${ROUNDS.seen} kills of workers whose sessions are seen`);
    const seen = await rounds(ROUNDS.seen, LEASE_MS, true);
    onNews(`${ROUNDS.leaseOnly} kills where the lease alone decides`);
    const leaseOnly = await rounds(ROUNDS.leaseOnly, SHORT_LEASE_MS, false);
    onNews(`${ROUNDS.sessionsEnded} sessions of living workers ended`);
    const living = await rounds(ROUNDS.sessionsEnded, LEASE_MS, true, () => endOneSession(cluster));
    const twice = await recordedTwice(cluster);
    await cluster.sql.unsafe(
      "create or replace function engine.free_vanished() returns int language plpgsql set search_path = '' as 'begin return 0; end'",
    );
    onNews("once more without looking at sessions");
    const control = await rounds(1, SHORT_LEASE_MS * 2, true);
    return {
      figures:
        `${seen.lost} steps of ${ROUNDS.seen} killed workers under way again after ${seen.p50Ms} ms, 99 % within ${seen.p99Ms}; by a lease of ${SHORT_LEASE_MS} ms alone ` +
        `${leaseOnly.lost} steps after ${leaseOnly.p50Ms} ms, 99 % within ${leaseOnly.p99Ms}; ${living.lost} steps taken from living workers; ${twice} recorded twice`,
      numbers: {
        kills: ROUNDS.seen + ROUNDS.leaseOnly,
        seenP50Ms: seen.p50Ms,
        seenP99Ms: seen.p99Ms,
        leaseP99Ms: leaseOnly.p99Ms,
        sessionsEnded: ROUNDS.sessionsEnded,
        takenFromLiving: living.lost,
        recordedTwice: twice,
      },
      controls: [{ name: "sessions not looked at", red: control.p50Ms > 2_000 }],
      broken: [
        ...(seen.p99Ms <= 2_000
          ? []
          : [`steps of killed workers were under way again after ${seen.p99Ms} ms`]),
        ...(leaseOnly.p99Ms <= SHORT_LEASE_MS + 2_000
          ? []
          : [`by the lease alone steps were under way again after ${leaseOnly.p99Ms} ms`]),
        ...(living.lost > 0 ? [] : ["no living worker lost a step, so nothing was proven of those"]),
        ...(twice === 0 ? [] : [`${twice} steps were recorded twice`]),
      ],
    };
  } finally {
    await server.close();
    await cluster.stop();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

async function endOneSession({ sql }: Cluster): Promise<void> {
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'runboard worker session' order by random() limit 1`;
}

async function recordedTwice({ sql }: Cluster): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from (
      select from public.run_events where kind = 'step.succeeded' group by run_id, step_key, item_path having count(*) > 1) as repeated`;
  return row?.n ?? 0;
}

/** @throws Error when it does not hold within a minute */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 60_000; performance.now() < end;) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error("The round did not come to its end within a minute.");
}
