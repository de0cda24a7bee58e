// Eight connections that do to the engine what the model says is done, and read the run as the model shows it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { ClaimedStep, ReportAnswer } from "../../src/core/worker.ts";
import { planOf } from "../engine/plan-of.ts";
import { asUser } from "../engine/play.ts";
import { step } from "../engine/scenario.ts";
import { type Stage, setStage } from "../engine/stage.ts";
import type { ModelEvent, ModelPlan, Moved, Outcome } from "./model-types.ts";

export interface Hands {
  /** A superuser connection. */
  readonly sql: postgres.Sql;
  /** Starts a run of this plan; it is the one everything else is about. */
  start(planAt: number): Promise<void>;
  /** @param at which of the connections */
  send(event: ModelEvent, at: number): Promise<Moved["answer"]>;
  /** The run's row and its steps, as text. */
  read(): Promise<string>;
  /** Ends the run somehow, so that it is in nobody's way. */
  finish(): Promise<void>;
  invariants(): Promise<string[]>;
  close(): Promise<void>;
}

const invariants = readFileSync(join(import.meta.dirname, "../../supabase/tests/invariants.sql"), "utf8");
const LEASE_MS = 600_000;
const keyOf = (at: number): string => `s${at}`;

export async function connectTo(url: string, plans: readonly ModelPlan[]): Promise<Hands> {
  const hands = Array.from({ length: 8 }, () => postgres(url, { max: 1, onnotice: () => {} }));
  const [sql] = hands;
  if (!sql) throw new Error("There are no hands.");
  const stage = await setStage(sql);
  const workflows: string[] = [];
  for (const [at, plan] of plans.entries())
    workflows.push(await stage.publish(`plan-${at}`, planOf({ steps: plan.map(stepOf) }, `Plan ${at}`)));
  let run = "";
  let hours = 0;
  const caller = new Caller(stage, () => run);

  async function moveClock(to: number): Promise<void> {
    hours = to;
    await Promise.all(
      hands.map((hand) => hand`select set_config('engine.clock_offset', ${`${to} hours`}, false)`),
    );
  }
  return {
    sql,
    async start(planAt) {
      await moveClock(hours);
      const [row] = await sql<{ id: string }[]>`
        select engine.start_run_as(${stage.userId}, ${workflows[planAt] ?? ""}, '{}', '{}') ->> 'run_id' as id`;
      run = row?.id ?? "";
    },
    async send(event, at) {
      if (event.do === "time passes") return moveClock(hours + 1).then(() => undefined);
      return caller.call(hands[at % hands.length] ?? sql, event);
    },
    async read() {
      const [row] = await sql<{ status: string }[]>`select status from public.runs where id = ${run}`;
      const steps = await sql<
        { status: string; attempt: number; tries: number; crashes: number; wait: string | null }[]
      >`
        select status, attempt, tries, crashes, waiting_for ->> 'kind' as wait from public.steps where run_id = ${run} order by step_key`;
      return JSON.stringify([
        row?.status,
        steps.map(({ status, attempt, tries, crashes, wait }) => [status, attempt, tries, crashes, wait]),
      ]);
    },
    async finish() {
      await caller.call(sql, { do: "cancel" });
      await moveClock(hours + 1);
      await sql`select engine.sweep()`;
    },
    async invariants() {
      const rows = await sql.unsafe<{ promise: string; subject: string }[]>(invariants);
      return rows.map(({ promise, subject }) => `${promise}: ${subject}`);
    },
    async close() {
      await Promise.all(hands.map((hand) => hand.end({ timeout: 1 })));
    },
  };
}

function stepOf(plan: ModelPlan[number], at: number) {
  return step(keyOf(at), {
    after: plan.deps.map((dep) => ({ step: keyOf(dep.step), on: dep.on })),
    effect: plan.once ? "at_most_once" : "pure",
    onFailure: plan.onFailure,
    retry: { maxAttempts: plan.maxAttempts, baseDelayMs: 1_800_000 },
  });
}

class Caller {
  readonly #stage: Stage;
  readonly #run: () => string;

  constructor(stage: Stage, run: () => string) {
    this.#stage = stage;
    this.#run = run;
  }

  async call(
    hand: postgres.Sql,
    event: Exclude<ModelEvent, { do: "time passes" }>,
  ): Promise<Moved["answer"]> {
    const run = this.#run();
    switch (event.do) {
      case "claim": {
        const [row] = await hand`select engine.claim_steps('hand', 10, ${LEASE_MS}) as claimed`;
        return ClaimedStep.array()
          .parse(row?.["claimed"])
          .map(({ stepKey }) => Number(stepKey.slice(1)));
      }
      case "heartbeat": {
        const lease = [{ runId: run, stepKey: keyOf(event.step), itemPath: [], attempt: event.attempt }];
        const [row] = await hand<{ beats: { held: boolean; renewed: boolean }[] }[]>`
          select engine.heartbeat('hand', ${hand.json(lease)}, ${LEASE_MS}) as beats`;
        const beat = row?.beats[0];
        // Held, but passed over because the run was busy: neither yes nor no.
        return beat?.held === true && !beat.renewed ? undefined : beat?.held;
      }
      case "mark": {
        const [row] = await hand<{ may: boolean }[]>`
          select engine.mark_started(${run}, ${keyOf(event.step)}, '{}', ${event.attempt}) as may`;
        return row?.may;
      }
      case "report": {
        const report = {
          runId: run,
          stepKey: keyOf(event.step),
          itemPath: [],
          attempt: event.attempt,
          ...said(event.outcome),
        };
        const [row] =
          await hand`select engine.report_steps('hand', ${hand.json([report])}, 0, ${LEASE_MS}) as answer`;
        return ReportAnswer.parse(row?.["answer"]).results[0]?.counted;
      }
      case "sweep":
        await hand`select engine.sweep()`;
        return undefined;
      case "cancel":
        await asUser(hand, this.#stage, (tx) => tx`select public.cancel_run(${run}) as answer`);
        return undefined;
      case "resume":
        return this.#accepted(
          hand,
          (tx) =>
            tx`select public.retry_run(${run}, decisions => ${tx.json(event.decided === true ? everyStep : {})}) as answer`,
        );
      case "decide":
        return this.#decide(hand, run, event);
    }
  }

  async #decide(
    hand: postgres.Sql,
    run: string,
    { step: at, verdict }: Extract<ModelEvent, { do: "decide" }>,
  ): Promise<boolean> {
    const [open] = await hand<{ id: string; purpose: string }[]>`
      select id, purpose from public.approvals where run_id = ${run} and step_key = ${keyOf(at)} and status = 'open'`;
    if (!open || (open.purpose === "approval" && verdict === "again")) return false;
    const words =
      open.purpose === "approval"
        ? { yes: "approved", no: "rejected", again: "" }
        : { yes: "treat_as_done", no: "fail", again: "do_it_again" };
    return this.#accepted(
      hand,
      (tx) => tx`select public.decide_approval(${open.id}, ${words[verdict]}) as answer`,
    );
  }

  /** False when the verb refuses. */
  async #accepted(
    hand: postgres.Sql,
    call: (tx: postgres.TransactionSql) => postgres.PendingQuery<postgres.Row[]>,
  ): Promise<boolean> {
    try {
      await asUser(hand, this.#stage, call);
      return true;
    } catch (error) {
      if (error instanceof postgres.PostgresError && error.code === "RB409") return false;
      throw error;
    }
  }
}

/** What a person says who wants every step of any of these plans done again. */
const everyStep = Object.fromEntries([0, 1, 2, 3].map((at) => [keyOf(at), "do_it_again"]));

const question = {
  for: "approval",
  title: "Go?",
  approvers: { roles: ["operator"], users: [], quorum: 1 },
  onTimeout: "fail",
};

function said(outcome: Outcome): object {
  if (outcome === "transient" || outcome === "timeout" || outcome === "permanent")
    return { outcome: "failed", error: { class: outcome, code: outcome, message: "It failed." } };
  if (outcome === "parked") return { outcome, park: question };
  return { outcome, ...(outcome === "succeeded" ? { output: {} } : {}) };
}
