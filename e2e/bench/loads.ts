// The loads the engine is measured with. Each waits for its runs by asking the database, and reads times from its rows.
import postgres from "postgres";
import { planOf } from "../engine/plan-of.ts";
import { mapOver, step, type StepSpec } from "../engine/scenario.ts";
import type { Rig } from "./rig.ts";

const value = { type: "object" };
const config = { fields: {} };

/**
 * Ten steps that do nothing, one after the other.
 * @param effect pure ones are done ahead of the record; of others each is claimed and reported by itself
 */
export const chainOfTen = (effect: "pure" | "read") =>
  Array.from({ length: 10 }, (_, n) =>
    step(`s${n}`, {
      config,
      effect,
      ...(n === 0 ? {} : { after: [`s${n - 1}`], reads: [`steps.s${n - 1}.output.value`] }),
    }),
  );

export async function publishChain(
  rig: Pick<Rig, "stage">,
  slug: string,
  steps: readonly StepSpec[] = chainOfTen("pure"),
): Promise<string> {
  const plan = planOf({ steps }, slug);
  for (const one of plan.steps) if (one.role === undefined) one.outputs = { value };
  return rig.stage.publish(slug, plan);
}

/**
 * A map over `input.items` whose body is one empty step, and a step that joins.
 * @param effect of the body: a pure one is done ahead of the record; of another each item is claimed and reported by itself
 */
export async function publishMap(
  rig: Pick<Rig, "stage">,
  slug: string,
  effect: "pure" | "read" = "pure",
): Promise<string> {
  const steps = [
    ...mapOver("each", [step("work", { config, effect })], { concurrency: 100 }),
    step("join", { config, after: ["each"] }),
  ];
  const plan = planOf({ steps, settings: { maxParallel: 100 } }, slug);
  for (const one of plan.steps) {
    if (one.role === "split") {
      one.inputs = { items: { ref: "input.items" } };
      one.reads = ["input.items"];
    }
    if (one.role === "item") one.config = { result: { ref: "index" } };
    if (one.role === "split" || one.role === "collect")
      one.config = { ...one.config, result: { ref: "index" }, maxItems: 10_000 };
    if (one.role === undefined) one.outputs = { value };
  }
  return rig.stage.publish(slug, plan);
}

export async function startRuns(
  sql: postgres.Sql,
  rig: Rig,
  workflowId: string,
  count: number,
  input: object = {},
): Promise<string[]> {
  const rows = await Promise.all(
    Array.from(
      { length: count },
      async () => sql<{ id: string }[]>`
        select engine.start_run_as(${rig.stage.userId}, ${workflowId}, ${JSON.stringify(input)}::text::jsonb, '{}') ->> 'run_id' as id`,
    ),
  );
  return rows.flatMap((one) => one.map(({ id }) => id));
}

/** W1: many chains of ten at once; from the first start to the last end. */
export async function manyChains(
  rig: Rig,
  workflowId: string,
  count: number,
): Promise<{ stepsPerS: number; runsPerS: number }> {
  const began = performance.now();
  const runs = await startRuns(rig.sql, rig, workflowId, count);
  await waitForRuns(rig.sql, runs);
  const seconds = (performance.now() - began) / 1_000;
  return { stepsPerS: Math.round((count * 10) / seconds), runsPerS: Number((count / seconds).toFixed(1)) };
}

/** W2: one run, a map and a join; milliseconds from its creation to its end, by the database's clock. */
export async function oneMap(rig: Rig, workflowId: string, items: number): Promise<number> {
  const input = { items: Array.from({ length: items }, (_, n) => n) };
  const runs = await startRuns(rig.sql, rig, workflowId, 1, input);
  await waitForRuns(rig.sql, runs, 5);
  const [row] = await rig.sql<{ ms: number }[]>`
    select (extract(epoch from finished_at - created_at) * 1000)::float8 as ms from public.runs where id = any(${runs})`;
  return row?.ms ?? Number.NaN;
}

/** W2, the median of three. */
export async function mapInMs(rig: Rig, workflowId: string, items: number): Promise<number> {
  return median([
    await oneMap(rig, workflowId, items),
    await oneMap(rig, workflowId, items),
    await oneMap(rig, workflowId, items),
  ]);
}

/**
 * W3 and W4: chains of ten one at a time, from one client with one session: milliseconds per step, and from start to the first step running.
 */
export async function oneChainAtATime(
  rig: Rig,
  workflowId: string,
  count: number,
): Promise<{ perStep: number[]; first: number[] }> {
  const client = postgres(rig.url, { max: 1, onnotice: () => {} });
  const perStep: number[] = [];
  const first: number[] = [];
  try {
    // The session plans its statements; the worker's have been used.
    for (let n = 0; n < 5; n += 1) await waitForRuns(client, await startRuns(client, rig, workflowId, 1), 5);
    for (let n = 0; n < count; n += 1) {
      const runs = await startRuns(client, rig, workflowId, 1);
      await waitForRuns(client, runs, 5);
      const [row] = await client<{ chain: number; first: number }[]>`
        select (extract(epoch from finished_at - started_at) * 1000)::float8 as chain,
          (extract(epoch from started_at - created_at) * 1000)::float8 as first
        from public.runs where id = any(${runs})`;
      perStep.push((row?.chain ?? Number.NaN) / 10);
      first.push(row?.first ?? Number.NaN);
    }
  } finally {
    await client.end({ timeout: 1 });
  }
  return { perStep, first };
}

/** Resolves when every run has ended. @throws Error when one failed or a minute passed */
export async function waitForRuns(sql: postgres.Sql, runs: readonly string[], everyMs = 20): Promise<void> {
  for (const until = performance.now() + 60_000; performance.now() < until;) {
    const [left] = await sql<{ open: number; bad: number }[]>`
      select count(*) filter (where finished_at is null)::int as open,
        count(*) filter (where status in ('failed', 'cancelled'))::int as bad
      from public.runs where id = any(${[...runs]})`;
    if ((left?.bad ?? 0) > 0) throw new Error("A run of the measurement failed.");
    if (left?.open === 0) return;
    await new Promise((done) => setTimeout(done, everyMs));
  }
  throw new Error("The measurement's runs did not end in a minute.");
}

export function median(values: readonly number[], share = 0.5): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
