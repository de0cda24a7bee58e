// many claimers at one queue. Nothing fails here, so every step must be given to somebody exactly once.
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { ClaimedStep, ReportAnswer } from "../../src/core/worker.ts";
import { chainOfTen } from "../bench/loads.ts";
import { planOf } from "../engine/plan-of.ts";
import { setStage } from "../engine/stage.ts";
import { wrapEntry } from "./sql-faults.ts";

export interface ClaimOptions {
  readonly claimers: number;
  /** Chains of ten steps. */
  readonly runs: number;
  /** Milliseconds the steps of one claim take together, so that claims come as they do from workers that work. */
  readonly workMs: number;
}

export interface Claims {
  readonly steps: number;
  /** Steps that were given away more than once. */
  readonly doubleGrants: number;
  readonly stepsPerS: number;
  readonly claimP50Ms: number;
  readonly claimP99Ms: number;
  /** Steps that did not end, or ended otherwise than once. */
  readonly unfinished: number;
}

const chain = chainOfTen("read");
/** Steps of one claim. */
const BATCH = 10;

/**
 * @param url superuser URL of a database of its own
 * @param sabotage takes a protection away first; then the first step given twice is enough
 */
export async function claimAll(
  url: string,
  { claimers, runs, workMs }: ClaimOptions,
  sabotage?: (sql: postgres.Sql) => Promise<void>,
): Promise<Claims> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const grants = new Map<string, number>();
  const waits: number[] = [];
  let twice = 0;
  try {
    const stage = await setStage(sql);
    const workflow = await stage.publish("chain", planOf({ steps: chain }, "Chain"));
    await sabotage?.(sql);
    await sql`
      select count(engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}')) from generate_series(1, ${runs})`;
    let left = runs * chain.length;
    const isOver = (): boolean => left === 0 || (sabotage !== undefined && twice > 0);
    const began = performance.now();
    const one = async (name: string): Promise<void> => {
      const hand = postgres(url, { max: 1, onnotice: () => {} });
      try {
        for (let empty = 0; !isOver() && empty < 400;) {
          const asked = performance.now();
          const held = await claim(hand, name);
          waits.push(performance.now() - asked);
          for (const { runId, stepKey } of held) {
            const known = grants.get(`${runId} ${stepKey}`) ?? 0;
            grants.set(`${runId} ${stepKey}`, known + 1);
            if (known === 1) twice += 1;
          }
          empty = held.length === 0 ? empty + 1 : 0;
          await sleep(held.length === 0 ? 10 : workMs);
          if (held.length === 0) continue;
          const reports = held.map(({ runId, stepKey, itemPath, attempt }) => ({
            runId,
            stepKey,
            itemPath,
            attempt,
            outcome: "succeeded",
            output: { value: {} },
          }));
          const [answer] =
            await hand`select engine.report_steps(${name}, ${hand.json(reports)}, 0, 60000) as answer`;
          left -= ReportAnswer.parse(answer?.["answer"]).results.filter(({ counted }) => counted).length;
        }
      } finally {
        await hand.end({ timeout: 1 });
      }
    };
    await Promise.all(Array.from({ length: claimers }, (_, n) => one(`c${n}`)));
    const seconds = (performance.now() - began) / 1_000;
    const [open] = await sql<{ n: number }[]>`
      select count(*)::int as n from public.steps where status <> 'succeeded' or attempt <> 1`;
    const sorted = waits.toSorted((a, b) => a - b);
    const at = (share: number): number =>
      Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
    return {
      steps: runs * chain.length,
      doubleGrants: twice,
      stepsPerS: Math.round((runs * chain.length) / seconds),
      claimP50Ms: at(0.5),
      claimP99Ms: at(0.99),
      unfinished: open?.n ?? 0,
    };
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function claim(hand: postgres.Sql, name: string): Promise<ClaimedStep[]> {
  const [row] = await hand`select engine.claim_steps(${name}, ${BATCH}, 60000) as claimed`;
  return ClaimedStep.array().parse(row?.["claimed"]);
}

/** Claims whose leases are over when they commit, so that the next claimer takes the same steps. */
export async function leaseNothing(sql: postgres.Sql): Promise<void> {
  await wrapEntry(
    sql,
    "claim_steps",
    `given := {inner};
     update public.steps set lease_until = now() - interval '1 s' where worker = p_worker and status = 'running';
     return given;`,
    "given {result};",
  );
}
