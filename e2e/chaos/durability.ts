// what was acknowledged is still there after a power cut. Eight writers start runs; the server is ended without a checkpoint.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { planOf } from "../engine/plan-of.ts";
import { step } from "../engine/scenario.ts";
import { type Stage, setStage } from "../engine/stage.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { type Random, seededRandom } from "./random.ts";

export interface Durability {
  readonly rounds: number;
  /** Starts that were answered before their round's cut. */
  readonly acknowledged: number;
  /** Of those, the ones that were gone or not whole afterwards. */
  readonly lost: number;
}

/** What asynchronous commits need in order to be lost; without effect on commits that wait for the disk. */
const lateWrites = ["wal_writer_delay=10s", "wal_writer_flush_after=1GB"];

/**
 * @param rounds     power cuts
 * @param perRound   starts acknowledged before each, at least
 * @param controlFor starts acknowledged before the cut of the control, whose commits do not wait for the disk
 */
export async function cutThePower(
  seed: number,
  { rounds, perRound, controlFor }: { rounds: number; perRound: number; controlFor: number },
  onNews: (text: string) => void,
): Promise<{ result: Durability; control: Durability }> {
  const random = seededRandom(seed);
  const cluster = await startCluster(lateWrites);
  try {
    const stage = await setStage(cluster.sql);
    // Nobody works the runs off, so all of them stay open.
    await cluster.sql`update public.workspaces set max_open_runs = 1000000`;
    const workflow = await stage.publish("one", planOf({ steps: [step("only")] }, "One"));
    const target = { cluster, stage, workflow, random };
    const acknowledged: string[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      acknowledged.push(...(await writeUntilCut(target, perRound, "on")));
      onNews(`${round} power cuts, ${acknowledged.length} starts acknowledged`);
    }
    const result = {
      rounds,
      acknowledged: acknowledged.length,
      lost: await countLost(cluster, acknowledged),
    };
    // How much of it a cut takes is a matter of luck, so it may need more than one.
    let control: Durability = { rounds: 0, acknowledged: 0, lost: 0 };
    while (control.lost === 0 && control.rounds < 5) {
      const risked = await writeUntilCut(target, controlFor, "off");
      control = {
        rounds: control.rounds + 1,
        acknowledged: control.acknowledged + risked.length,
        lost: await countLost(cluster, risked),
      };
    }
    return { result, control };
  } finally {
    await cluster.stop();
  }
}

interface Target {
  readonly cluster: Cluster;
  readonly stage: Stage;
  readonly workflow: string;
  readonly random: Random;
}

/** @returns ids of the runs whose start was answered before the power went */
async function writeUntilCut(
  { cluster, stage, workflow, random }: Target,
  enough: number,
  synchronousCommit: "on" | "off",
): Promise<string[]> {
  const acknowledged: string[] = [];
  const writers = postgres(cluster.url, {
    max: 8,
    onnotice: () => {},
    connect_timeout: 5,
    connection: { synchronous_commit: synchronousCommit },
  });
  const over = new AbortController();
  const writing = Array.from({ length: 8 }, async () => {
    while (!over.signal.aborted) {
      const ids = Array.from({ length: random.int(1, 20) }, () => randomUUID());
      try {
        // One short answer for all of them: a long one could be sent before the commit.
        await writers`
          select count(engine.start_run_as(${stage.userId}, ${workflow}, '{}', jsonb_build_object('facts', jsonb_build_object('id', id))))
          from unnest(${ids}::uuid[]) as id`;
      } catch (error) {
        if (!over.signal.aborted) throw error;
        return;
      }
      acknowledged.push(...ids);
    }
  });
  while (acknowledged.length < enough) await sleep(5);
  await sleep(random.int(0, 50));
  over.abort();
  await cluster.powerCut();
  await Promise.all(writing);
  await writers.end({ timeout: 1 });
  return acknowledged;
}

/** Runs without their row, their input, their step or their first event. */
async function countLost({ sql }: Cluster, ids: readonly string[]): Promise<number> {
  const [kept] = await sql<{ n: number }[]>`
    select count(*)::int as n from unnest(${[...ids]}::uuid[]) as id
    join public.runs as run using (id) join public.run_payloads on run_payloads.run_id = id
    join public.steps on steps.run_id = id
    where exists (select from public.run_events as event where event.run_id = id and event.seq = 1 and event.kind = 'run.queued')`;
  return ids.length - (kept?.n ?? 0);
}
