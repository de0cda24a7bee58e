// Negative controls: with a protection taken away, the checks that guard it must find something. A harness that cannot fail proves nothing.
import postgres from "postgres";
import { chainOfTen } from "../bench/loads.ts";
import { planOf } from "../engine/plan-of.ts";
import { setStage } from "../engine/stage.ts";
import { startCluster } from "./cluster.ts";
import { followAll } from "./cursor.ts";
import { cutThePower } from "./durability.ts";
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

/** Nobody counts how often a step's worker died. */
export const crashesForgotten = async (sql: postgres.Sql): Promise<void> => {
  await sql.unsafe(`
    create function engine.forgets_crashes() returns trigger language plpgsql set search_path = '' as
      'begin new.crashes := 0; return new; end';
    create trigger a_forgets_crashes before update on public.steps
      for each row when (new.crashes > 0) execute function engine.forgets_crashes();`);
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
    return await missedBySerial(cluster.url, 150);
  } finally {
    await cluster.stop();
  }
}

/**
 * @param url  superuser URL of a database of its own
 * @param runs chains of ten to follow
 * @returns what a reader by serial missed, in words; nothing when it saw everything
 * @throws Error when the reader by run and seq missed something: that one is ours
 */
export async function missedBySerial(url: string, runs: number): Promise<string[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql`alter table public.run_events add column serial bigserial`;
    const stage = await setStage(sql);
    const workflow = await stage.publish("chain", planOf({ steps: chainOfTen("read") }, "Chain"));
    const reader = followAll(url);
    const workers = Array.from({ length: 4 }, (_, n) => work(url, `w${n}`));
    await sql`
      select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}') from generate_series(1, ${runs})`;
    await Promise.all(workers.map((worker) => worker.done(workflow)));
    const { bySerial, perRun, stored } = await reader.end();
    if (perRun !== stored) throw new Error(`The reader by run and seq saw ${perRun} of ${stored} events.`);
    return bySerial === stored ? [] : [`a reader by serial missed ${stored - bySerial} of ${stored} events`];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function asyncCommit(seed: number): Promise<string[]> {
  const { control } = await cutThePower(seed, { rounds: 0, perRound: 0, controlFor: 2_000 }, () => {});
  return control.lost === 0
    ? []
    : [`${control.lost} of ${control.acknowledged} acknowledged starts were gone`];
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
