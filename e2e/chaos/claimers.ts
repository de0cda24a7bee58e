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
  /**
   * Chains the claimers work off before anything is timed. A session plans its statements when it first claims, and 32 sessions that all do so at
   * once on two cores take half a second each: what a worker pays when it starts, and not when it claims.
   */
  readonly warmUp: number;
  /** Milliseconds the steps of one claim take together, a quarter more or less, so that claims come as they do from workers that work. */
  readonly workMs: number;
}

export interface Claims {
  readonly steps: number;
  /** Steps that were given away more than once. */
  readonly doubleGrants: number;
  readonly stepsPerS: number;
  readonly claimP50Ms: number;
  readonly claimP99Ms: number;
  /** The longest first claim of a session, in milliseconds. */
  readonly firstClaimMs: number;
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
  { claimers, runs, warmUp, workMs }: ClaimOptions,
  sabotage?: (sql: postgres.Sql) => Promise<void>,
): Promise<Claims> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const hands = Array.from({ length: claimers }, () => postgres(url, { max: 1, onnotice: () => {} }));
  const grants = new Map<string, number>();
  let twice = 0;
  try {
    const stage = await setStage(sql);
    const workflow = await stage.publish("chain", planOf({ steps: chain }, "Chain"));
    await sabotage?.(sql);
    const workOff = async (started: number): Promise<number[]> => {
      await sql`
        select count(engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}')) from generate_series(1, ${started})`;
      const waits: number[] = [];
      let left = started * chain.length;
      const isOver = (): boolean => left === 0 || (sabotage !== undefined && twice > 0);
      const one = async (hand: postgres.Sql, name: string): Promise<void> => {
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
          // No two take equally long: those that began together would else ask together for ever.
          await sleep(held.length === 0 ? 10 : workMs * (0.75 + Math.random() / 2));
          if (held.length > 0) left -= await report(hand, name, held);
        }
      };
      await Promise.all(hands.map((hand, n) => one(hand, `c${n}`)));
      return waits;
    };
    const first = await workOff(warmUp);
    const began = performance.now();
    const waits = await workOff(runs);
    const seconds = (performance.now() - began) / 1_000;
    const [open] = await sql<{ n: number }[]>`
      select count(*)::int as n from public.steps where status <> 'succeeded' or attempt <> 1`;
    const sorted = waits.toSorted((a, b) => a - b);
    const at = (share: number): number => tenths(sorted[Math.floor(sorted.length * share)] ?? 0);
    return {
      steps: (warmUp + runs) * chain.length,
      doubleGrants: twice,
      stepsPerS: Math.round((runs * chain.length) / seconds),
      claimP50Ms: at(0.5),
      claimP99Ms: at(0.99),
      firstClaimMs: tenths(Math.max(0, ...first)),
      unfinished: open?.n ?? 0,
    };
  } finally {
    await Promise.all([sql, ...hands].map((each) => each.end({ timeout: 1 })));
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** Reports all of them as succeeded. @returns how many counted */
async function report(hand: postgres.Sql, name: string, held: readonly ClaimedStep[]): Promise<number> {
  const reports = held.map(({ runId, stepKey, itemPath, attempt }) => ({
    runId,
    stepKey,
    itemPath,
    attempt,
    outcome: "succeeded",
    output: { value: {} },
  }));
  const [answer] = await hand`select engine.report_steps(${name}, ${hand.json(reports)}, 0, 60000) as answer`;
  return ReportAnswer.parse(answer?.["answer"]).results.filter(({ counted }) => counted).length;
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
