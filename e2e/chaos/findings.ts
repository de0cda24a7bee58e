// What is checked after a storm: the invariants, what was accepted, what was recorded, and what the effect sink saw.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type postgres from "postgres";
import type { EffectSink } from "./effect-sink.ts";

const invariants = readFileSync(join(import.meta.dirname, "../../supabase/tests/invariants.sql"), "utf8");

export interface Findings {
  readonly runs: number;
  /** Accepted runs that are missing or have not ended, and effects recorded as done that were never performed. */
  readonly lost: number;
  /** Outcomes recorded more than once, and further runs made for one key. */
  readonly duplicated: number;
  /** Runs whose events are not numbered 1 to n. */
  readonly gaps: number;
  readonly rejectedReports: number;
  /** One line per broken promise; empty when all is well. */
  readonly broken: readonly string[];
  /** Share of effects that were called more than once; more than zero is normal under kills. */
  readonly repeatedCalls: number;
  /** Runs by how they ended. */
  readonly ended: Record<string, number>;
}

export interface Expected {
  readonly accepted: ReadonlyMap<number, string>;
  /** Ids of `run step item` callers a person decided to call again. */
  readonly repeated: ReadonlyMap<string, number>;
}

export async function inspect(sql: postgres.Sql, sink: EffectSink, expected: Expected): Promise<Findings> {
  const broken = (await sql.unsafe<{ promise: string; subject: string }[]>(invariants)).map(
    ({ promise, subject }) => `${promise}: ${subject}`,
  );
  const rows = await sql<{ id: string; n: number; status: string; ended: boolean }[]>`
    select id, (input ->> 'n')::int as n, status, finished_at is not null as ended
    from public.runs join public.run_payloads on run_id = id`;
  const found = new Map(rows.map((row) => [row.id, row]));
  const missing = [...expected.accepted.values()].filter((id) => found.get(id)?.ended !== true);
  broken.push(
    ...missing
      .slice(0, 20)
      .map((id) => `an accepted run ends: ${id} is ${found.get(id)?.status ?? "missing"}`),
  );
  const numbers = new Set(rows.map((row) => row.n));
  const extraRuns = rows.length - numbers.size;
  if (extraRuns > 0) broken.push(`one key starts one run: ${extraRuns} further runs`);

  const [twice] = await sql<{ n: number }[]>`
    select count(*)::int as n from (
      select from public.run_events where kind in ('step.succeeded', 'step.failed', 'step.skipped')
      group by run_id, step_key, item_path having count(*) > 1) as step`;
  const [gaps] = await sql<{ n: number }[]>`
    select count(*)::int as n from (
      select from public.runs as run left join public.run_events as event on event.run_id = run.id
      group by run.id having count(event.seq) <> run.last_seq or min(event.seq) <> 1 or max(event.seq) <> run.last_seq) as run`;
  const [rejected] = await sql<{ n: number }[]>`select count(*)::int as n from engine.rejections`;
  const effects = await judgeEffects(sql, sink, expected);
  broken.push(...effects.broken);
  return {
    runs: rows.length,
    lost: missing.length + effects.lost,
    duplicated: (twice?.n ?? 0) + extraRuns,
    gaps: gaps?.n ?? 0,
    rejectedReports: rejected?.n ?? 0,
    broken,
    repeatedCalls: effects.repeated,
    ended: Object.fromEntries(
      [...Map.groupBy(rows, (row) => row.status)].map(([status, list]) => [status, list.length]),
    ),
  };
}

/** The sink against the records: done means performed, and what may happen once happened once unless a person said otherwise. */
async function judgeEffects(
  sql: postgres.Sql,
  sink: EffectSink,
  { repeated }: Expected,
): Promise<{ lost: number; repeated: number; broken: string[] }> {
  const broken = sink.mixedUp.slice(0, 20).map((what) => `one effect has one key: ${what}`);
  const steps = await sql<{ caller: string; status: string; once: boolean }[]>`
    select step.run_id || ' ' || step.step_key || ' ' || coalesce(step.item_path[cardinality(step.item_path)]::text, '') as caller,
      step.status, plan.effect = 'at_most_once' as once
    from public.steps as step join engine.plan_steps as plan on plan.id = step.plan_step where step.kind = 'http-request'`;
  let lost = 0;
  for (const { caller, status, once } of steps) {
    const effect = sink.effectOf(caller);
    if (status === "succeeded" && (effect?.done ?? 0) === 0) {
      lost += 1;
      broken.push(`done means performed: ${caller}`);
    }
    if (once && (effect?.calls ?? 0) > 1 + (repeated.get(caller) ?? 0))
      broken.push(`at most once: ${caller} was called ${effect?.calls} times`);
  }
  const called = [...sink.effects.values()];
  const again = called.filter((effect) => effect.calls > 1).length;
  return { lost, repeated: called.length === 0 ? 0 : again / called.length, broken };
}
