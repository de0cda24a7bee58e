// What grows with what: finished runs in the tables, items of a map, workers on one database.
import { manyChains, median, publishChain, startRuns, waitForRuns } from "./loads.ts";
import { type BenchWorker, openRig, type Rig } from "./rig.ts";

export interface Growth {
  /** W1 on a nearly empty database, with so many finished runs in the tables, and the second as a share of the first. */
  finishedRuns: { runs: number; stepsPerSEmpty: number; stepsPerS: number; ratio: number };
  /** A map over 1,000 and over 10,000 items, and how many times as long an item of the larger one takes. */
  map: { ms1000: number; ms10000: number; perItemRatio: number };
  workers: { stepsPerS1: number; stepsPerS4: number; ratio: number };
  /** The same for calls that are answered after a second: calls per second. */
  workersOfSlowCalls: { callsPerS1: number; callsPerS4: number; ratio: number };
}

const BATCH = 50_000;
/** What is compared is measured in turns, because the machine's own pace changes more from minute to minute than what is looked for. */
const ROUNDS = 5;

/**
 * Copies one finished chain of ten as often as asked, with all its rows: steps, attempts, payloads, events. By SQL and
 * without triggers: they record moves, and here nothing moves.
 */
export async function seedFinishedRuns(rig: Rig, source: string, count: number): Promise<void> {
  const sql = await rig.sql.reserve();
  try {
    await sql`set session_replication_role = replica`;
    await sql`set synchronous_commit = off`;
    await sql`create temporary table copies (id uuid, at timestamptz)`;
    for (let done = 0; done < count; done += BATCH) {
      await sql`truncate copies`;
      await sql`
        insert into copies select engine.time_uuid(at), at
        from generate_series(1, ${Math.min(BATCH, count - done)}) as n
        cross join lateral (select now() - (${count - done} - n) * interval '0.5 s' as at) as time`;
      for (const table of COPIED) await sql.unsafe(await copyStatement(rig, table), [source]);
    }
  } finally {
    await sql`set session_replication_role = origin`;
    await sql`set synchronous_commit = on`;
    await sql`drop table if exists copies`;
    sql.release();
  }
  await rig.sql.unsafe("vacuum (analyze)");
  await rig.sql`checkpoint`;
}

const COPIED = ["runs", "run_payloads", "steps", "step_payloads", "attempts", "run_events"];

/** Every column as in the source, with the run's id, its key and the time of its creation replaced. */
async function copyStatement(rig: Rig, table: string): Promise<string> {
  const columns = await rig.sql<{ name: string }[]>`
    select attname as name from pg_attribute
    where attrelid = ${`public.${table}`}::regclass and attnum > 0 and not attisdropped and attgenerated = ''`;
  const replaced = (name: string): string => {
    if (name === "run_id" || name === "key_run" || (table === "runs" && name === "id")) return "copies.id";
    if (name === "run_created_at" || (table === "runs" && name === "created_at")) return "copies.at";
    return `source.${name}`;
  };
  const key = table === "runs" ? "id" : "run_id";
  return `insert into public.${table} (${columns.map(({ name }) => name).join(", ")})
    select ${columns.map(({ name }) => replaced(name)).join(", ")}
    from copies cross join public.${table} as source where source.${key} = $1`;
}

/** What one worker does and what four do, of the same concurrency and on one database. */
export interface OneAndFour {
  one: number;
  four: number;
}

/** Medians of each of these rates with one worker, and with three more beside it. */
export async function compareWorkers(
  rig: Rig,
  rates: { quick: () => Promise<number>; slow: () => Promise<number> },
): Promise<{ quick: OneAndFour; slow: OneAndFour }> {
  const found = {
    quick: { one: [] as number[], four: [] as number[] },
    slow: { one: [] as number[], four: [] as number[] },
  };
  const measure = async (which: keyof OneAndFour): Promise<void> => {
    await rates.quick();
    for (let n = 0; n < 3; n += 1) found.quick[which].push(await rates.quick());
    found.slow[which].push(await rates.slow());
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    await measure("one");
    const others: BenchWorker[] = [];
    try {
      for (let n = 0; n < 3; n += 1) others.push(await rig.startWorker());
      await measure("four");
    } finally {
      for (const worker of others) await worker.stop();
    }
  }
  const middle = ({ one, four }: Record<keyof OneAndFour, number[]>): OneAndFour => ({
    one: median(one),
    four: median(four),
  });
  return { quick: middle(found.quick), slow: middle(found.slow) };
}

/**
 * W1 on this database and on another that holds so many finished runs besides: medians.
 * @param rate W1 on this one
 */
export async function compareWithFinishedRuns(
  rig: Rig,
  rate: () => Promise<number>,
  finished: number,
  runs: number,
): Promise<{ empty: number; full: number }> {
  const other = await openRig();
  const worker = await other.startWorker();
  try {
    const chain = await publishChain(other, "growing-chain");
    const rateAmong = async () => (await manyChains(other, chain, runs)).stepsPerS;
    await rateAmong();
    const [model] = await startRuns(other.sql, other, chain, 1);
    await waitForRuns(other.sql, [model ?? ""]);
    await seedFinishedRuns(other, model ?? "", finished);
    await rig.sql.unsafe("vacuum (analyze)");
    const found = { empty: [] as number[], full: [] as number[] };
    for (let round = 0; round <= ROUNDS; round += 1) {
      const pair = { empty: await rate(), full: await rateAmong() };
      // The first is for both to get warm again.
      if (round === 0) continue;
      found.empty.push(pair.empty);
      found.full.push(pair.full);
    }
    return { empty: median(found.empty), full: median(found.full) };
  } finally {
    await worker.stop();
    await other.stop();
  }
}
