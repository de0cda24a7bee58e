// W5: the worker dies in the middle of the load, the host starts another.
import { publishChain, startRuns } from "./loads.ts";
import type { BenchWorker, Rig } from "./rig.ts";

export interface Recovery {
  /** From the new worker listening until every step the dead one held had been started again, in milliseconds. */
  recoveredMs: number;
  /** Steps whose success was recorded more than once. */
  recordedTwice: number;
  /** Runs that did not succeed. */
  lost: number;
}

const LIMIT_MS = 60_000;

/** Kills the worker when 40 % of the steps of these runs have ended. */
export async function measureRecovery(rig: Rig, worker: BenchWorker, count: number): Promise<Recovery> {
  const { sql } = rig;
  const workflowId = await publishChain(rig, "recovery");
  const starting = startRuns(sql, rig, workflowId, count);
  const ask = async (question: string): Promise<number> => {
    const [row] = await sql.unsafe(
      `with run as (select * from public.runs where workflow_id = $1) select (${question})::float8 as answer`,
      [workflowId],
    );
    return Number(row?.["answer"] ?? Number.NaN);
  };
  await until(
    async () =>
      (await ask("select coalesce(sum((counts -> 'succeeded')::int), 0) from run")) >= count * 10 * 0.4,
  );
  await worker.crash();
  const up = await ask("select extract(epoch from clock_timestamp())");
  await starting;
  // Whatever was started before that moment and still runs was held by the dead worker.
  const held = `from public.steps as step where run_id in (select id from run) and status = 'running'
    and extract(epoch from (select started_at from public.attempts as attempt where (attempt.run_id, attempt.step_key, attempt.item_path, attempt.n)
      = (step.run_id, step.step_key, step.item_path, step.attempt))) < ${up}`;
  await until(async () => (await ask(`select count(*) ${held}`)) === 0);
  await until(async () => (await ask("select count(*) from run where finished_at is null")) === 0);
  const again = await ask(
    "select extract(epoch from max(started_at)) from public.attempts where run_id in (select id from run) and n = 2",
  );
  return {
    recoveredMs: (again - up) * 1_000,
    lost: count - (await ask("select count(*) from run where status = 'succeeded'")),
    recordedTwice: await ask(`select count(*) from (
      select from public.run_events where run_id in (select id from run) and kind = 'step.succeeded'
      group by run_id, step_key, item_path having count(*) > 1) as repeated`),
  };
}

/** @throws Error when it does not hold within a minute */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const limit = performance.now() + LIMIT_MS; performance.now() < limit;) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error("The load did not go on within a minute after the worker was killed.");
}
