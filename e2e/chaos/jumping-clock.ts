// R-14: every conformance scenario once more while the database's clock jumps under it. It must end as ever, and nothing may end before it began.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type postgres from "postgres";
import { type Played, play } from "../engine/play.ts";
import type { Scenario } from "../engine/scenario.ts";

const folder = join(import.meta.dirname, "../engine");
const invariants = readFileSync(join(import.meta.dirname, "../../supabase/tests/invariants.sql"), "utf8");

/** Seconds the clock jumps by, and whether it does so at every reading, there and back, or once on the way. */
export interface Jump {
  readonly name: string;
  readonly seconds: number;
  readonly often: "every reading" | "once";
}

export const jumps: readonly Jump[] = [
  { name: "5 s to and fro", seconds: -5, often: "every reading" },
  { name: "5 s back", seconds: -5, often: "once" },
  { name: "1 h back", seconds: -3_600, often: "once" },
  { name: "1 h ahead", seconds: 3_600, often: "once" },
];

/** The engine's clock jumps when the settings `chaos.*` say so. Each reading of it is counted, so that a jump comes in the middle of a play. */
export async function letClockJump(sql: postgres.Sql, seed: number): Promise<void> {
  await sql`select setseed(${(seed % 1_000) / 1_000})`;
  await sql.unsafe(`
    create sequence public.clock_readings;
    grant usage on sequence public.clock_readings to public;
    create or replace function engine.now() returns timestamptz language plpgsql volatile set search_path = '' as $$
    declare
      reading constant bigint := nextval('public.clock_readings');
      turn constant bigint := coalesce(nullif(current_setting('chaos.jump_at', true), ''), '0')::bigint;
      jump constant interval := coalesce(nullif(current_setting('chaos.jump', true), ''), '0')::interval;
    begin
      return clock_timestamp() + coalesce(nullif(current_setting('engine.clock_offset', true), ''), '0')::interval
        + case when turn < 0 and random() < 0.5 or turn > 0 and reading >= turn then jump else interval '0' end;
    end $$`);
}

/** For the negative control: ends are written down as the clock shows them, as if it could only go forward. */
export async function trustClock(sql: postgres.Sql): Promise<void> {
  const guarded = await sql<{ text: string }[]>`
    select pg_get_functiondef(oid) as text from pg_proc
    where pronamespace = 'engine'::regnamespace and prosrc ~ 'greatest\\([^,]+, ([a-z]+\\.)?started_at\\)'`;
  for (const { text } of guarded)
    await sql.unsafe(text.replaceAll(/greatest\(([^,]+), ([a-z]+\.)?started_at\)/g, "$1"));
}

/** Jumps in the middle of a play. One jump ahead is a crash of everything under way; the scripts that bear none are left out. */
export async function playWhileClockJumps(
  sql: postgres.Sql,
  jump: Jump,
  choose: (name: string, place: number) => boolean = () => true,
): Promise<{ plays: number; broken: string[] }> {
  const broken: string[] = [];
  let plays = 0;
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".scenario.ts"))
    .toSorted();
  for (const [place, name] of names.entries()) {
    const { default: spec }: { default: Scenario } = await import(join(folder, name));
    if (!choose(name, place) || (jump.seconds > 0 && spec.crashPoints === false)) continue;
    const calm = endOf(await jumping(sql, undefined, 0, () => play(sql, spec)));
    const readings = await count(sql, () => play(sql, spec));
    // In the middle, where something is under way; and near the end, where something ends.
    for (const at of jump.often === "once" ? [Math.ceil(readings / 2), Math.ceil(readings * 0.8)] : [-1]) {
      plays += 1;
      const end = await jumping(sql, jump, at, () => play(sql, spec, jump.seconds > 0 ? jump.name : "never"))
        .then(endOf)
        .catch(String);
      if (!isDeepStrictEqual(end, calm))
        broken.push(
          `${name}: ${jump.name} at reading ${at}: ${JSON.stringify(end)} instead of ${JSON.stringify(calm)}`,
        );
    }
  }
  const rows = await sql.unsafe<{ promise: string; subject: string }[]>(invariants);
  return { plays, broken: [...broken, ...rows.map(({ promise, subject }) => `${promise}: ${subject}`)] };
}

const endOf = ({ status, errorCode, output, statuses }: Played): Partial<Played> => ({
  status,
  errorCode,
  output,
  statuses,
});

async function jumping<T>(
  sql: postgres.Sql,
  jump: Jump | undefined,
  at: number,
  work: () => Promise<T>,
): Promise<T> {
  const from = at > 0 ? (await readings(sql)) + at : at;
  await sql`select set_config('chaos.jump_at', ${String(from)}, false),
    set_config('chaos.jump', ${`${jump?.seconds ?? 0} seconds`}, false)`;
  try {
    return await work();
  } finally {
    await sql`select set_config('chaos.jump_at', '0', false)`;
  }
}

async function count(sql: postgres.Sql, work: () => Promise<unknown>): Promise<number> {
  const before = await readings(sql);
  await work();
  return (await readings(sql)) - before;
}

async function readings(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ n: number }[]>`select last_value::int as n from public.clock_readings`;
  return row?.n ?? 0;
}
