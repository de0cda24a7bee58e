// workers that lose their database for a while and nothing else. What they do meanwhile is watched by a server that knows which worker
// and which attempt is calling.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { planOf } from "../engine/plan-of.ts";
import { step } from "../engine/scenario.ts";
import { setStage } from "../engine/stage.ts";
import { listen } from "../servers/listen.ts";
import { seededRandom, type Random } from "./random.ts";
import { EFFECTS, EFFECTS_PER_LEASE, openWorker, type CrewMember } from "./cut-off-worker.ts";

export interface CutOffOptions {
  readonly seed: number;
  /** Superuser and worker URLs of a database of its own. */
  readonly url: string;
  readonly engineUrl: string;
  readonly workers: number;
  readonly leaseMs: number;
  /** How long a worker is cut off, and how often each. */
  readonly cutMs: readonly [number, number];
  readonly cuts: number;
  /** How long after a cut an effect may reach the server; two thirds of the lease, and what the machine takes for a call. */
  readonly graceMs: number;
  /** False takes the self-fence away. */
  readonly fenced?: boolean;
}

export interface CutOffResult {
  readonly cuts: number;
  readonly runs: number;
  /** Runs that were cut off three times. */
  readonly poison: number;
  readonly effects: number;
  /** Effects performed more than once, by different attempts. */
  readonly repeated: number;
  /** The latest start of an effect after a cut, in milliseconds. */
  readonly latestMs: number;
  readonly rejected: number;
  readonly broken: string[];
}

interface Seen {
  readonly at: number;
  readonly worker: string;
  readonly run: string;
  readonly attempt: number;
  readonly effect: string;
  readonly key: string;
}

interface Cut {
  readonly worker: string;
  readonly from: number;
  to: number;
}

export async function cutOff(options: CutOffOptions): Promise<CutOffResult> {
  const { seed, url, leaseMs, workers } = options;
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    request.resume();
    const said = (name: string): string => String(request.headers[name] ?? "");
    const facts = { worker: said("x-worker"), run: said("x-run"), effect: said("x-effect") };
    seen.push({
      at: performance.now(),
      ...facts,
      attempt: Number(said("x-attempt")),
      key: said("idempotency-key"),
    });
    request.on("end", () => response.writeHead(200, { "content-type": "application/json" }).end("{}"));
  });
  const sink = await listen(server);
  const sql = postgres(url, { max: 2, onnotice: () => {} });
  const stage = await setStage(sql);
  const plan = planOf({ steps: [step("work", { effect: "idempotent" })] }, "Work");
  const workflow = await stage.publish("work", plan);
  const random = seededRandom(seed);
  const crew = await Promise.all(
    Array.from({ length: workers }, (_, n) => openWorker(`w${n}`, n % 2 === 0, sink.url, options, random)),
  );
  const over = new AbortController();
  const cuts: Cut[] = [];
  try {
    const working = crew.map((one) => one.work(over.signal));
    const starting = keepStarting(sql, stage.userId, workflow, workers * 4, over.signal);
    await Promise.all(crew.map((one) => cutAgain(one, options, random.fork(one.name), { seen, cuts })));
    over.abort();
    await starting;
    await drained(sql, 4 * leaseMs + 60_000, () => Promise.all(crew.map((one) => one.once())));
    await Promise.all(working);
    return { cuts: cuts.length, ...(await judge(sql, seen, cuts, options)) };
  } finally {
    over.abort();
    await Promise.all(crew.map((one) => one.close()));
    await sql.end({ timeout: 1 });
    await sink.close();
  }
}

async function keepStarting(
  sql: postgres.Sql,
  userId: string,
  workflow: string,
  ahead: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sql`
      select engine.start_run_as(${userId}, ${workflow}, '{}', '{}')
      from generate_series(1, greatest(0, ${ahead} - (select count(*)::int from public.steps where status = 'ready')))`;
    await sleep(100);
  }
}

async function cutAgain(
  { name, proxy }: CrewMember,
  { cutMs, cuts: times, leaseMs }: CutOffOptions,
  random: Random,
  { seen, cuts }: { readonly seen: readonly Seen[]; readonly cuts: Cut[] },
): Promise<void> {
  const [least, most] = cutMs;
  for (let n = 0; n < times; n += 1) {
    await sleep(random.int(leaseMs / 4, leaseMs));
    await amidWork(name, seen, leaseMs);
    const cut = { worker: name, from: performance.now(), to: Infinity };
    proxy.blackHole();
    cuts.push(cut);
    await sleep(random.int(least, most));
    proxy.heal();
    cut.to = performance.now();
  }
}

/** Waits until the worker has just begun a step: cut off then, it has calls before it for longer than anybody may make them. */
async function amidWork(name: string, seen: readonly Seen[], leaseMs: number): Promise<void> {
  for (const until = performance.now() + 10 * leaseMs; performance.now() < until; await sleep(5)) {
    const last = seen.findLast(({ worker }) => worker === name);
    if (
      last &&
      Number(last.effect) <= EFFECTS / 4 &&
      performance.now() - last.at < leaseMs / EFFECTS_PER_LEASE
    )
      return;
  }
}

async function drained(sql: postgres.Sql, allowedMs: number, work: () => Promise<unknown>): Promise<void> {
  for (const until = performance.now() + allowedMs; performance.now() < until;) {
    const [open] = await sql`select from public.runs where finished_at is null limit 1`;
    if (!open) return;
    await work();
    await sleep(30);
  }
}

async function judge(
  sql: postgres.Sql,
  seen: readonly Seen[],
  cuts: readonly Cut[],
  { graceMs }: CutOffOptions,
): Promise<Omit<CutOffResult, "cuts">> {
  const broken: string[] = [];
  let latestMs = 0;
  for (const { at, worker, run, effect } of seen) {
    const cut = cuts.find((one) => one.worker === worker && one.from <= at && at < one.to);
    if (!cut) continue;
    latestMs = Math.max(latestMs, at - cut.from);
    if (at - cut.from > graceMs)
      broken.push(
        `no effect is started late: ${worker} called for ${run} ${effect}, ${Math.round(at - cut.from)} ms after its cut`,
      );
  }
  for (const [run, calls] of Map.groupBy(seen, (one) => one.run)) {
    const stale = calls.findIndex((call, n) => n > 0 && call.attempt < (calls[n - 1]?.attempt ?? 0));
    if (stale >= 0) broken.push(`an attempt that was taken over starts nothing: ${run}`);
  }
  const keys = Map.groupBy(seen, ({ run, effect }) => `${run} ${effect}`);
  for (const [name, calls] of keys)
    if (new Set(calls.map(({ key }) => key)).size > 1) broken.push(`repeated calls share their key: ${name}`);
  const [twice] = await sql<{ n: number }[]>`
    select count(*)::int as n from (
      select from public.run_events where kind in ('step.succeeded', 'step.failed') group by run_id, step_key having count(*) > 1) as step`;
  if ((twice?.n ?? 0) > 0) broken.push(`recorded once: ${twice?.n} steps were recorded twice`);
  // Cut off three times in one step, even harmless work is poison: nobody can tell a worker that died from one that was cut off.
  const ends = await sql<{ status: string; code: string | null; n: number }[]>`
    select status, error ->> 'code' as code, count(*)::int as n from public.runs group by 1, 2`;
  for (const { status, code, n } of ends)
    if (status !== "succeeded" && code !== "poison")
      broken.push(`every run succeeds: ${n} ${status} ${code}`);
  const sum = (all: number, { n }: { n: number }): number => all + n;
  const [rejected] = await sql<{ n: number }[]>`select count(*)::int as n from engine.rejections`;
  return {
    runs: ends.reduce(sum, 0),
    poison: ends.filter(({ code }) => code === "poison").reduce(sum, 0),
    effects: keys.size,
    repeated: [...keys.values()].filter((calls) => calls.length > 1).length,
    latestMs: Math.round(latestMs),
    rejected: rejected?.n ?? 0,
    broken,
  };
}
