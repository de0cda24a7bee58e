// many schedules, two engines that look at the same moments, and ten minutes in which nobody does. The clock stands still between
// looks, so what has to be fired can be worked out by hand: minute by minute, without the code under test.
import type postgres from "postgres";
import { connectEngine, createEngine } from "../../edge-functions/_shared/engine.ts";
import { fireTriggers } from "../../edge-functions/_shared/fire-triggers.ts";
import { distanceOf } from "../../src/core/schedule.ts";
import { createTriggerEngine } from "../../edge-functions/_shared/trigger-engine.ts";
import { triggered, type TriggerScene } from "../servers/trigger-scene.ts";
import { wrapEntry } from "./sql-faults.ts";

export interface Slots {
  readonly schedules: number;
  /** Slots that had to start a run, and the runs that schedules started. */
  readonly expected: number;
  readonly started: number;
  /** Slots that started more than one run; that started none; and runs that nobody asked for, or not at that moment. */
  readonly twice: number;
  readonly missing: number;
  readonly uncalled: number;
  /** Seconds from a slot to its start: the longest less the shortest, of slots nobody missed. */
  readonly spreadS: number;
}

const JITTER_MS = 30_000;
const LOOK_EVERY_S = 5;
/** Seconds from the beginning: looks until the first, nobody until the second, looks again until the third. */
const [GOES, IS_BACK, ENDS] = [130, 130 + 600, 130 + 600 + 130] as const;

/** Crons, and the minutes of an hour they mean. */
const crons: readonly { readonly cron: string; readonly means: (minute: number) => boolean }[] = [
  { cron: "* * * * *", means: () => true },
  { cron: "*/5 * * * *", means: (minute) => minute % 5 === 0 },
  { cron: "*/7 * * * *", means: (minute) => minute % 7 === 0 },
];
const policies = ["none", "latest", "all"] as const;

/**
 * @param schedules how many; each has a workflow of its own
 * @param sabotage  takes a protection away first
 */
export async function keepSlots(
  scene: TriggerScene,
  schedules: number,
  sabotage?: (sql: postgres.Sql) => Promise<void>,
): Promise<Slots> {
  const { sql } = scene.db;
  const start = await freezeClock(sql);
  for (let n = 0; n < schedules; n += 1) {
    const cron = crons[n % 3]?.cron;
    const catchUp = policies[Math.floor(n / 3) % 3];
    await scene.publish(
      `s-${n}`,
      triggered("trigger-schedule", { cron, catchUp, overlap: "cancel_previous", jitterMs: JITTER_MS }),
    );
  }
  await sabotage?.(sql);
  const pools = [1, 2].map(() => connectEngine(scene.db.engineUrl, 2));
  const looks: number[] = [];
  try {
    for (let at = 0; at <= ENDS; at += LOOK_EVERY_S) {
      if (at > GOES && at < IS_BACK) continue;
      looks.push(at);
      await lookAt(scene, pools, start + at);
    }
  } finally {
    await Promise.all(pools.map((pool) => pool.end()));
  }
  return judge(sql, start, looks, schedules);
}

/** Every engine looks at this moment at once, until none finds anything. */
export async function lookAt(
  scene: TriggerScene,
  pools: readonly postgres.Sql[],
  seconds: number,
): Promise<void> {
  await scene.db.sql`update public.frozen set at = to_timestamp(${seconds})`;
  for (let fired = 1; fired > 0;) {
    const counts = await Promise.all(
      pools.map(async (pool) => {
        await createEngine(pool).sweep();
        return await fireTriggers(createTriggerEngine(pool), scene.blobs);
      }),
    );
    fired = counts.reduce((sum, one) => sum + one, 0);
  }
}

/** The engine's clock becomes a row. @returns the seconds it stands at: those given, else half past a full minute */
export async function freezeClock(sql: postgres.Sql, wanted?: number): Promise<number> {
  const [row] = await sql<{ at: number }[]>`
    select coalesce(${wanted ?? null}::float8,
      extract(epoch from date_trunc('hour', clock_timestamp()) + interval '30 s')::float8) as at`;
  const at = row?.at ?? 0;
  await sql.unsafe(`
    create table public.frozen (at timestamptz not null);
    insert into public.frozen values (to_timestamp(${at}));
    grant select on public.frozen to public;
    create or replace function engine.now() returns timestamptz language plpgsql volatile set search_path = '' as
      'begin return (select at from public.frozen); end';`);
  return at;
}

interface Source {
  readonly trigger: string;
  readonly cron: string;
  readonly policy: (typeof policies)[number];
  /** Its runs: the slot each was for and when it started, in seconds from the beginning. */
  readonly runs: readonly { readonly slot: number; readonly at: number }[];
}

/** The minutes a schedule has to start a run for, each with the look that has to start it. */
function wantedOf({ trigger, cron, policy }: Source, looks: readonly number[]): Map<number, number> {
  const means = crons.find((one) => one.cron === cron)?.means ?? (() => false);
  const distance = distanceOf(trigger, JITTER_MS) / 1_000;
  const seen: { minute: number; look: number; isMissed: boolean }[] = [];
  for (let minute = 1; minute * 60 - 30 <= ENDS; minute += 1) {
    const due = minute * 60 - 30 + distance;
    const look = looks.find((at) => at >= due);
    if (means(minute) && look !== undefined) seen.push({ minute, look, isMissed: look - due >= 60 });
  }
  const missed = seen.filter(({ isMissed }) => isMissed);
  const isMadeUp = seen.some(({ look, isMissed }) => !isMissed && look === missed[0]?.look);
  const good = { none: [], all: missed, latest: isMadeUp ? [] : missed.slice(-1) }[policy];
  return new Map(
    [...seen.filter(({ isMissed }) => !isMissed), ...good].map(({ minute, look }) => [minute, look]),
  );
}

async function judge(
  sql: postgres.Sql,
  start: number,
  looks: readonly number[],
  schedules: number,
): Promise<Slots> {
  const sources = await sql<Source[]>`
    select source.id as trigger, source.config ->> 'cron' as cron, source.config ->> 'catchUp' as policy, coalesce((
      select json_agg(json_build_object('slot', extract(epoch from (run.trigger ->> 'slot')::timestamptz)::float8 - ${start}::float8,
        'at', extract(epoch from run.created_at)::float8 - ${start}::float8))
      from public.runs as run where run.workflow_id = source.workflow_id), '[]') as runs
    from public.triggers as source`;
  let [expected, started, twice, missing, uncalled] = [0, 0, 0, 0, 0];
  const delays: number[] = [];
  for (const source of sources) {
    const wanted = wantedOf(source, looks);
    const found = Map.groupBy(source.runs, ({ slot }) => Math.round((slot + 30) / 60));
    expected += wanted.size;
    started += source.runs.length;
    delays.push(...source.runs.map(({ slot, at }) => at - slot).filter((delay) => delay < 60));
    twice += [...found.values()].filter(({ length }) => length > 1).length;
    missing += [...wanted.keys()].filter((minute) => !found.has(minute)).length;
    for (const [minute, runs] of found) {
      uncalled += runs.filter(({ at }) => at !== wanted.get(minute)).length;
    }
  }
  const spreadS = delays.length === 0 ? 0 : Math.max(...delays) - Math.min(...delays);
  return { schedules, expected, started, twice, missing, uncalled, spreadS };
}

/** Engines that neither see what another has written down nor name a slot as it does. */
export async function planAlone(sql: postgres.Sql): Promise<void> {
  await wrapEntry(
    sql,
    "plan_slots",
    `p_seen := (select next_at::text from public.triggers where id = p_trigger);
     p_plan := jsonb_set(p_plan, '{slots}', coalesce((
       select jsonb_agg(slot || jsonb_build_object('slot', (slot ->> 'slot')::float8 + floor(random() * 900)))
       from jsonb_array_elements(p_plan -> 'slots') as slot), '[]'));
     return {inner};`,
  );
}

/** Engines that plan from what the clock shows, not from how far they had come, and name a slot by when they saw it. */
export async function planByTheClock(sql: postgres.Sql): Promise<void> {
  await planAlone(sql);
  await wrapEntry(
    sql,
    "plan_slots",
    `answer := {inner};
     update public.triggers set cursor_at = engine.now() - interval '6 s', next_at = engine.now() where id = p_trigger;
     return answer;`,
    "answer {result};",
  );
}
