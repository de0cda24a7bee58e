// random workflows while workers are killed, stalled and cut off, the database loses power, and statements fail.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setStage } from "../engine/stage.ts";
import { type Cluster, persist, startCluster } from "./cluster.ts";
import { drawPlan } from "./documents.ts";
import { startEffectSink } from "./effect-sink.ts";
import { type Findings, inspect } from "./findings.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import { openPerson } from "./person.ts";
import { type Random, seededRandom } from "./random.ts";
import { addSqlFaults, setSqlFaults } from "./sql-faults.ts";
import { openStarter } from "./starter.ts";

export interface StormOptions {
  readonly seed: number;
  readonly runs: number;
  /** No further run is started after so many minutes. */
  readonly minutes?: number;
  readonly workers?: number;
  /** Different workflows the runs are spread over. */
  readonly workflows?: number;
  /** How long runs may take to end once the faults have stopped, in seconds. */
  readonly settleS?: number;
  readonly onNews?: (text: string) => void;
}

export interface StormResult extends Findings {
  readonly kills: number;
  readonly powerCuts: number;
  readonly stalls: number;
  readonly blackHoles: number;
  readonly decisions: number;
  readonly seconds: number;
  readonly steps: number;
}

const LEASE_MS = 1_500;
/** Runs under way at most, so that the faults meet all of them. */
const BACKLOG = 400;
/** Runs started for each kill and each power cut at most: a faster machine meets as many of them, and waits for them where it must. */
const RUNS_PER_KILL = 90;
const RUNS_PER_CUT = 600;

export async function storm(options: StormOptions): Promise<StormResult> {
  const random = seededRandom(options.seed);
  const began = performance.now();
  const cacheDir = mkdtempSync(join(tmpdir(), "runboard-chaos-deno-"));
  const [cluster, sink] = await Promise.all([startCluster(), startEffectSink()]);
  const stage = await setStage(cluster.sql);
  const drawings = random.fork("workflows");
  const workflows: string[] = [];
  for (let n = 0; n < (options.workflows ?? 24); n += 1)
    workflows.push(await stage.publish(`w-${n}`, drawPlan(drawings, sink.url, `Workflow ${n}`)));
  await addSqlFaults(cluster.sql);
  const fleet = await startFleet(
    cluster,
    { size: options.workers ?? 4, leaseMs: LEASE_MS, concurrency: 32, cacheDir },
    random,
  );
  const starter = await openStarter(cluster.url, stage.userId, workflows, random, 0.02);
  const person = openPerson(cluster.sql, stage, sink);
  try {
    const faults = new Faults(cluster, fleet, random);
    await faults.begin();
    await load(cluster, starter.start, () => person.answerAll(), faults, options);
    starter.calm();
    await faults.end();
    await settle(cluster, () => person.answerAll(), (options.settleS ?? 60) * 1_000, options.onNews);
    const findings = await inspect(cluster.sql, sink, {
      accepted: starter.accepted,
      repeated: person.repeated,
    });
    const [steps] = await cluster.sql<{ n: number }[]>`select count(*)::int as n from public.steps`;
    return {
      ...findings,
      kills: fleet.kills,
      powerCuts: faults.powerCuts,
      stalls: fleet.stalls,
      blackHoles: fleet.blackHoles,
      decisions: person.decisions,
      steps: steps?.n ?? 0,
      seconds: Math.round((performance.now() - began) / 100) / 10,
    };
  } finally {
    await starter.close();
    await fleet.stop();
    await sink.close();
    await cluster.stop();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

/** Starts the runs a few at a time while fewer than the backlog are open and the faults keep up. */
async function load(
  cluster: Cluster,
  start: (numbers: readonly number[]) => Promise<void>,
  answer: () => Promise<number>,
  faults: Faults,
  { runs, minutes, onNews }: StormOptions,
): Promise<void> {
  const until = performance.now() + (minutes ?? 60) * 60_000;
  let said = performance.now();
  for (let next = 0; next < runs && performance.now() < until;) {
    const open = await openRuns(cluster);
    if (performance.now() - said > 5_000) {
      said = performance.now();
      onNews?.(`${next} of ${runs} runs started, ${open} open`);
    }
    await persist(answer);
    if (open >= BACKLOG || faults.areLateFor(next)) {
      await new Promise((done) => setTimeout(done, 60));
      continue;
    }
    const batch = Array.from({ length: Math.min(25, runs - next) }, (_, n) => next + n);
    await start(batch);
    next += batch.length;
  }
}

async function openRuns({ sql }: Cluster): Promise<number> {
  const [row] = await persist(
    () => sql<{ n: number }[]>`select count(*)::int as n from public.runs where finished_at is null`,
  );
  return row?.n ?? 0;
}

/** Waits for the last run to end, or for the time that is allowed. */
async function settle(
  cluster: Cluster,
  answer: () => Promise<number>,
  allowedMs: number,
  onNews?: (text: string) => void,
): Promise<void> {
  const began = performance.now();
  for (let open = -1; performance.now() - began < allowedMs;) {
    await persist(answer);
    open = await openRuns(cluster);
    if (open === 0) {
      onNews?.(
        `every run ended ${((performance.now() - began) / 1_000).toFixed(1)} s after the faults stopped`,
      );
      return;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** The faults, each on its own clock. */
class Faults {
  powerCuts = 0;
  readonly #cluster: Cluster;
  readonly #fleet: Fleet;
  readonly #random: Random;
  readonly #over = new AbortController();
  #clocks: Promise<void>[] = [];

  constructor(cluster: Cluster, fleet: Fleet, random: Random) {
    this.#cluster = cluster;
    this.#fleet = fleet;
    this.#random = random;
  }

  /** Whether so many runs should have met more kills or power cuts than there were. */
  areLateFor(runs: number): boolean {
    return (
      this.#fleet.kills < Math.floor(runs / RUNS_PER_KILL) || this.powerCuts < Math.floor(runs / RUNS_PER_CUT)
    );
  }

  async begin(): Promise<void> {
    await setSqlFaults(this.#cluster.sql, 0.01);
    for (const proxy of this.#fleet.proxies) proxy.loseAnswers(0.005);
    this.#clocks = [
      this.#every("kill", 200, 900, (random) => this.#fleet.kill(random)),
      this.#every("stall", 3_000, 6_000, (random) => this.#fleet.stall(random, random.int(1_600, 3_000))),
      this.#every("black hole", 5_000, 9_000, (random) =>
        this.#fleet.cutOff(random, random.int(1_000, 4_000)),
      ),
      this.#every("power cut", 4_000, 8_000, async () => {
        await this.#cluster.powerCut();
        this.powerCuts += 1;
      }),
    ];
  }

  async #every(
    name: string,
    min: number,
    max: number,
    work: (random: Random) => Promise<void>,
  ): Promise<void> {
    const random = this.#random.fork(name);
    const { signal } = this.#over;
    for (;;) {
      await new Promise<void>((done) => {
        const timer = setTimeout(done, random.int(min, max));
        signal.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
      });
      if (signal.aborted) return;
      await work(random);
    }
  }

  async end(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#clocks);
    for (const proxy of this.#fleet.proxies) proxy.loseAnswers(0);
    await persist(() => setSqlFaults(this.#cluster.sql, 0));
  }
}
