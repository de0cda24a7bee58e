// workers die at every point around a call that must not be repeated, until a thousand attempts were lost. Nobody is called twice, and
// whatever is unclear waits for a person.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type postgres from "postgres";
import type { CrashPoint } from "../../edge-functions/_shared/crash-points.ts";
import { setStage } from "../engine/stage.ts";
import { startCluster } from "./cluster.ts";
import { markerIgnored } from "./controls.ts";
import { startCrew } from "./crew.ts";
import { startEffectSink, type EffectSink } from "./effect-sink.ts";
import { callOnce } from "./outage.ts";
import { seededRandom } from "./random.ts";

const points: readonly CrashPoint[] = [
  "after_claim",
  "before_start_marker",
  "after_start_marker",
  "before_effect",
  "after_effect",
  "before_report",
  "after_report",
  "first_heartbeat",
];

interface Survived {
  /** Attempts whose worker died. */
  readonly lost: number;
  readonly crashes: number;
  readonly called: number;
  readonly unclear: number;
  readonly broken: string[];
}

async function survive(
  seed: number,
  wanted: number,
  onNews: (text: string) => void,
  sabotage?: (sql: postgres.Sql) => Promise<void>,
): Promise<Survived> {
  const cacheDir = mkdtempSync(join(tmpdir(), "runboard-chaos-deno-"));
  const [cluster, sink] = await Promise.all([startCluster(), startEffectSink()]);
  const { sql } = cluster;
  const stage = await setStage(sql);
  const plan = callOnce(`${sink.url}/once`, { effect: "at_most_once" });
  const workflow = await stage.publish("once", plan);
  await sabotage?.(sql);
  const random = seededRandom(seed);
  const common = {
    engineUrl: cluster.engineUrl(cluster.port),
    leaseMs: 1_500,
    concurrency: 16,
    cacheDir,
  };
  try {
    const doomed = await startCrew({
      ...common,
      size: 3,
      // The eighth part of the workers dies while others of its steps are anywhere between two points.
      env: () => ({ RUNBOARD_CRASH_POINT: random.pick(points) }),
      patienceMs: 10_000,
    });
    let lost = 0;
    for (let said = 0; lost < wanted;) {
      await sql`
        select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}')
        from generate_series(1, greatest(0, 150 - (select count(*)::int from public.steps where status = 'ready')))`;
      await new Promise((done) => setTimeout(done, 100));
      const [row] = await sql<
        { n: number }[]
      >`select count(*)::int as n from public.attempts where outcome = 'lost'`;
      lost = row?.n ?? 0;
      if (lost - said >= 200) onNews(`${(said = lost)} attempts lost in ${doomed.ended} crashes`);
    }
    const crashes = doomed.ended + doomed.hung;
    await doomed.stop();
    const sound = await startCrew({ ...common, size: 2 });
    await settled(sql, 60_000);
    await sound.stop();
    return { lost, crashes, ...(await judge(sql, sink)) };
  } finally {
    await sink.close();
    await cluster.stop();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

/** Until every run has ended or waits for a person. */
async function settled(sql: postgres.Sql, allowedMs: number): Promise<void> {
  for (const until = performance.now() + allowedMs; performance.now() < until;) {
    const [open] =
      await sql`select from public.steps where status in ('ready', 'running', 'pending') limit 1`;
    if (!open) return;
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function judge(
  sql: postgres.Sql,
  sink: EffectSink,
): Promise<Pick<Survived, "called" | "unclear" | "broken">> {
  const rows = await sql<
    { caller: string; status: string; wait: string | null; code: string | null; marked: number }[]
  >`
    select run_id || ' call ' as caller, status, waiting_for ->> 'kind' as wait, error ->> 'code' as code, (
      select count(*)::int from public.attempts as attempt
      where attempt.run_id = step.run_id and attempt.outcome = 'lost' and attempt.start_marker_at is not null) as marked
    from public.steps as step`;
  const broken = [...sink.mixedUp];
  let called = 0;
  for (const { caller, status, wait, code, marked } of rows) {
    const calls = sink.effectOf(caller)?.calls ?? 0;
    called += calls;
    const state = `${caller}: called ${calls} times, ${status} ${wait ?? code ?? ""}`;
    if (calls > 1) broken.push(`called once at most: ${state}`);
    if (status === "succeeded" && calls !== 1) broken.push(`done means called: ${state}`);
    if (calls > 0 && status !== "succeeded" && wait !== "reconcile")
      broken.push(`unclear means asked: ${state}`);
    if (wait === "reconcile" && marked !== 1)
      broken.push(`asked only where it may have been called: ${state}`);
    if (status !== "succeeded" && wait !== "reconcile" && code !== "poison")
      broken.push(`it ends or asks: ${state}`);
  }
  return { called, unclear: rows.filter(({ wait }) => wait === "reconcile").length, broken };
}

export async function proveOnce(seed: number, onNews: (text: string) => void) {
  const { lost, crashes, called, unclear, broken } = await survive(seed, 1_000, onNews);
  onNews("once more with the start marker ignored");
  const control = await survive(seed, 100, () => undefined, markerIgnored);
  return {
    figures:
      `${lost} attempts lost in ${crashes} crashes around a call that must not be repeated: ${called} called, each once; ` +
      `${unclear} unclear, each waits for a person; ${broken.length} broken`,
    numbers: { lost, crashes, called, unclear, broken: broken.length },
    controls: [{ name: "start marker ignored", red: control.broken.length > 0 }],
    broken: [
      ...broken,
      ...(control.broken.length > 0 ? [] : ["without the marker nothing was found, so nothing was proven"]),
    ],
  };
}
