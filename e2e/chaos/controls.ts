// Negative controls: with a protection taken away, the checks that guard it must find something. A harness that cannot fail proves nothing.
import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { chainOfTen } from "../bench/loads.ts";
import { planOf } from "../engine/plan-of.ts";
import { step } from "../engine/scenario.ts";
import { setStage } from "../engine/stage.ts";
import { startCluster } from "./cluster.ts";
import { followAll } from "./cursor.ts";
import { wrapEntry } from "./sql-faults.ts";
import { squall } from "./squall.ts";
import { work } from "./plain-worker.ts";

/** Short storms over a database without one of its protections, until one finds something: who reports first is a matter of luck. */
async function brokenSquall(seed: number, sabotage: (sql: postgres.Sql) => Promise<void>): Promise<string[]> {
  for (let n = 0; n < 5; n += 1) {
    const cluster = await startCluster();
    try {
      const { broken } = await squall(cluster.url, { seed: seed + n, runs: 120, sabotage, settleMs: 4_000 });
      if (broken.length > 0) return [...broken];
    } finally {
      await cluster.stop();
    }
  }
  return [];
}

/** Every report counts as the current attempt's. */
const fenceOff = async (sql: postgres.Sql): Promise<void> =>
  wrapEntry(
    sql,
    "report_steps",
    `p_reports := (
       select coalesce(jsonb_agg(report || jsonb_build_object('attempt', coalesce(step.attempt, (report ->> 'attempt')::int))), '[]')
       from jsonb_array_elements(p_reports) as report
       left join public.steps as step on step.run_id = (report ->> 'runId')::uuid and step.step_key = report ->> 'stepKey'
         and step.item_path = array(select jsonb_array_elements_text(report -> 'itemPath')::int));
     return {inner};`,
  );

/** No lease ever lapses, so nobody takes over from the dead. */
const leaseIgnored = async (sql: postgres.Sql): Promise<void> => {
  await sql.unsafe(`
    create function engine.never_lapses() returns trigger language plpgsql set search_path = '' as
      'begin new.lease_until := ''2100-01-01''; return new; end';
    create trigger a_never_lapses before insert or update on public.steps
      for each row when (new.lease_until is not null) execute function engine.never_lapses();`);
};

/** A crash after the start marker looks like one before it, so the effect is simply performed again. */
export const markerIgnored = async (sql: postgres.Sql): Promise<void> => {
  await sql.unsafe(`
    create function engine.forgets_marker() returns trigger language plpgsql set search_path = '' as
      'begin new.start_marker_at := null; return new; end';
    create trigger a_forgets_marker before update on public.steps
      for each row when (new.start_marker_at is not null) execute function engine.forgets_marker();`);
};

/** A start that is sent again makes another run. */
const uniqueKeyDropped = async (sql: postgres.Sql): Promise<void> => {
  await sql`drop index public.runs_idempotency_key`;
  await wrapEntry(sql, "start_run_as", "p_options := p_options - 'idempotency_key'; return {inner};");
};

/** What takes a protection away from a database, by the control's name. */
export const brokenSqualls: Readonly<Record<string, (sql: postgres.Sql) => Promise<void>>> = {
  "fence off": fenceOff,
  "lease ignored": leaseIgnored,
  "start marker ignored": markerIgnored,
  "unique key dropped": uniqueKeyDropped,
};

/** A reader that follows one serial over all runs passes by what commits late. */
async function globalCursor(): Promise<string[]> {
  const cluster = await startCluster();
  try {
    await cluster.sql`alter table public.run_events add column serial bigserial`;
    const stage = await setStage(cluster.sql);
    const workflow = await stage.publish("chain", planOf({ steps: chainOfTen("read") }, "Chain"));
    const reader = followAll(cluster.url);
    const workers = Array.from({ length: 4 }, (_, n) => work(cluster.url, `w${n}`));
    await cluster.sql`
      select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}') from generate_series(1, 150)`;
    await Promise.all(workers.map((worker) => worker.done(workflow)));
    const { bySerial, perRun, stored } = await reader.end();
    if (perRun !== stored) throw new Error(`The reader by run and seq saw ${perRun} of ${stored} events.`);
    return bySerial === stored ? [] : [`a reader by serial missed ${stored - bySerial} of ${stored} events`];
  } finally {
    await cluster.stop();
  }
}

/** Acknowledged starts across power cuts. @returns how many were acknowledged and how many of those were gone */
export async function losesAcknowledged(
  settings: readonly string[],
  rounds: number,
  roundMs: number,
): Promise<{ acknowledged: number; lost: number }> {
  const cluster = await startCluster(settings);
  const acknowledged: string[] = [];
  try {
    const stage = await setStage(cluster.sql);
    const workflow = await stage.publish("one", planOf({ steps: [step("only")] }, "One"));
    for (let round = 0; round < rounds; round += 1) {
      const writers = postgres(cluster.url, { max: 8, onnotice: () => {}, connect_timeout: 5 });
      const over = new AbortController();
      const writing = Array.from({ length: 8 }, async () => {
        while (!over.signal.aborted) {
          const id = randomUUID();
          try {
            await writers`select engine.start_run_as(${stage.userId}, ${workflow}, '{}', ${writers.json({ facts: { id } })})`;
            acknowledged.push(id);
          } catch {
            return;
          }
        }
      });
      await new Promise((done) => setTimeout(done, roundMs));
      await cluster.powerCut();
      over.abort();
      await Promise.all(writing);
      await writers.end({ timeout: 1 });
    }
    const [kept] = await cluster.sql<{ n: number }[]>`
      select count(*)::int as n from public.runs where id = any(${acknowledged}::uuid[])`;
    return { acknowledged: acknowledged.length, lost: acknowledged.length - (kept?.n ?? 0) };
  } finally {
    await cluster.stop();
  }
}

async function asyncCommit(): Promise<string[]> {
  const { acknowledged, lost } = await losesAcknowledged(
    ["synchronous_commit=off", "wal_writer_delay=10s", "wal_writer_flush_after=1GB"],
    1,
    1_500,
  );
  return lost === 0 ? [] : [`${lost} of ${acknowledged} acknowledged starts were gone`];
}

/** By name; each brings its own database and gives what was found. Nothing found means that the harness cannot see. */
export const controls: Readonly<Record<string, (seed: number) => Promise<string[]>>> = {
  ...Object.fromEntries(
    Object.entries(brokenSqualls).map(([name, sabotage]) => [
      name,
      (seed: number) => brokenSquall(seed, sabotage),
    ]),
  ),
  "global cursor": globalCursor,
  "async commit": asyncCommit,
};
