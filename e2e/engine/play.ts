import type postgres from "postgres";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { WorkerDied, disturb } from "./disturb.ts";
import { planOf } from "./plan-of.ts";
import type { Action, Scenario } from "./scenario.ts";
import { type CrashPoint, ScriptedWorker, instanceOf } from "./scripted-worker.ts";
import { type Stage, setStage } from "./stage.ts";

export interface Played {
  readonly runId: string;
  readonly status: string;
  readonly errorCode: string | null;
  readonly output: Json;
  readonly statuses: Record<string, string>;
  readonly reused: string[];
  readonly events: string[];
  readonly scopes: ReadonlyMap<string, JsonObject>;
  readonly effects: ReadonlyMap<string, number>;
  readonly kept: ReadonlyMap<string, { output: unknown; checks: unknown }>;
  readonly verification: Record<string, string>;
  readonly proofs: string[];
  readonly rejected: number;
  /** Functions of the engine and verbs that were called. */
  readonly called: ReadonlySet<string>;
}

/**
 * Plays a scenario to its end in a workspace of its own. Time is the engine's and is moved on whenever nothing is left to execute, so nothing sleeps.
 * @param given one superuser connection; its engine clock is moved
 * @param ahead whether the worker goes on with pure steps ahead of the record
 */
export async function play(
  given: postgres.Sql,
  spec: Scenario,
  crashPoint: CrashPoint = "never",
  ahead = false,
): Promise<Played> {
  const { sql, called } = disturb(given, crashPoint);
  await sql`select set_config('engine.clock_offset', '0', false)`;
  const stage = await setStage(sql);
  for (const [slug, child] of Object.entries(spec.children ?? {}))
    await stage.publish(slug, planOf(child, slug));
  const workflowId = await stage.publish("main", planOf(spec, "Scenario"));
  const before = await countRejections(sql);
  const started = await asUser<{ run_id: string }>(
    sql,
    stage,
    (tx) => tx`select public.start_run(${workflowId}, ${sql.json(spec.input ?? {})}) as answer`,
  );
  const director = new Director(sql, stage, spec, new ScriptedWorker(sql, spec, crashPoint, ahead), {
    crashPoint,
    runId: started.run_id,
  });
  await director.play();
  return {
    ...(await readEnd(sql, director.runId)),
    scopes: director.worker.scopes,
    effects: director.worker.effects,
    kept: director.worker.kept,
    rejected: (await countRejections(sql)) - before,
    called,
  };
}

class Director {
  runId: string;
  readonly worker: ScriptedWorker;
  readonly #sql: postgres.Sql;
  readonly #stage: Stage;
  readonly #spec: Scenario;
  readonly #crashPoint: CrashPoint;
  readonly #idleActions: Action[];
  readonly #done = new Set<string>();

  constructor(
    sql: postgres.Sql,
    stage: Stage,
    spec: Scenario,
    worker: ScriptedWorker,
    { crashPoint, runId }: { crashPoint: CrashPoint; runId: string },
  ) {
    this.#sql = sql;
    this.#stage = stage;
    this.#spec = spec;
    this.#crashPoint = crashPoint;
    this.runId = runId;
    this.#idleActions = [...(spec.whenIdle ?? [])];
    this.worker = worker;
  }

  async play(): Promise<void> {
    for (let turn = 0; turn < 500; turn += 1) {
      try {
        if (this.worker.held.length > 0 || (await this.worker.claim())) {
          await this.#interrupt();
          await this.worker.reportAll();
        } else if (!(await this.#idle())) return;
      } catch (error) {
        if (!(error instanceof WorkerDied)) throw error;
        // Another one takes its place and knows nothing of what it held.
        this.worker.held = [];
      }
    }
    throw new Error(`The scenario did not come to an end in 500 turns (${this.#crashPoint}).`);
  }

  /** What a scenario does while a step is held, once. */
  async #interrupt(): Promise<void> {
    for (const step of this.worker.held) {
      const action = this.#spec.during?.[instanceOf(step)];
      if (!action || this.#done.has(instanceOf(step))) continue;
      this.#done.add(instanceOf(step));
      await this.#act(action);
    }
  }

  /** Nothing to execute: the next thing people do, else time passes. False when neither is left. */
  async #idle(): Promise<boolean> {
    const [swept] = await this.#sql<
      { answer: { nextDueMs: number | null; released: number; recovered: number } }[]
    >`select engine.sweep() as answer`;
    if (!swept || swept.answer.released + swept.answer.recovered > 0) return true;
    // A crashed worker's lease ends before anybody does anything else.
    const [lapsing] =
      await this.#sql`select from public.steps where workspace_id = ${this.#stage.workspaceId} and status = 'running'`;
    if (!lapsing) {
      if (this.#crashPoint !== "never" && (await this.#answerReconcile())) return true;
      const action = this.#idleActions[0];
      if (action && (action.do !== "pass" || (await this.#hasEnded()))) {
        this.#idleActions.shift();
        if (action.do !== "pass") await this.#act(action);
        return true;
      }
    }
    if (swept.answer.nextDueMs === null) return false;
    await this.#sql`
      select set_config('engine.clock_offset', (coalesce(nullif(current_setting('engine.clock_offset', true), ''), '0')::interval
        + make_interval(secs => ${(swept.answer.nextDueMs + 1) / 1_000}))::text, false)`;
    return true;
  }

  async #hasEnded(): Promise<boolean> {
    const [ended] =
      await this.#sql`select from public.runs where id = ${this.runId} and finished_at is not null`;
    return ended !== undefined;
  }

  async #answerReconcile(): Promise<boolean> {
    const [open] = await this.#sql<{ id: string }[]>`
      select id from public.approvals where run_id = ${this.runId} and status = 'open' and purpose = 'reconcile' limit 1`;
    if (!open) return false;
    await asUser(
      this.#sql,
      this.#stage,
      (tx) => tx`select public.decide_approval(${open.id}, 'do_it_again') as answer`,
    );
    return true;
  }

  async #openQuestion(step: string): Promise<string> {
    const [open] = await this.#sql<{ id: string }[]>`
      select id from public.approvals where run_id = ${this.runId} and step_key = ${step} and status = 'open' order by item_path limit 1`;
    if (!open) throw new Error(`No open question at ${step}.`);
    return open.id;
  }

  async #act(action: Action): Promise<void> {
    if (action.do === "pass") throw new Error("Time passes only while nothing is held.");
    if (action.do === "cancel" || action.do === "pause" || action.do === "resume") {
      const verb = this.#sql(`${action.do}_run`);
      await asUser(this.#sql, this.#stage, (tx) => tx`select public.${verb}(${this.runId}) as answer`);
    } else if (action.do === "hold") {
      const paused = action.ends !== true;
      if (action.what === "lane")
        await this.#sql`update public.lanes set paused = ${paused}
          from public.runs as run where run.id = ${this.runId} and (lanes.workspace_id, lanes.name) = (run.workspace_id, run.lane)`;
      else
        await this.#sql`update public.workflows set status = ${paused ? "paused" : "active"}
          from public.runs as run where run.id = ${this.runId} and workflows.id = run.workflow_id`;
    } else if (action.do === "signal") {
      const payload = this.#sql.json(action.payload ?? null);
      await asUser(
        this.#sql,
        this.#stage,
        (tx) => tx`select public.send_signal(${this.runId}, ${action.name}, ${payload}) as answer`,
      );
    } else if (action.do === "submit") {
      const open = await this.#openQuestion(action.step);
      await asUser(
        this.#sql,
        this.#stage,
        (tx) => tx`select public.submit_form(${open}, ${this.#sql.json(action.values)}) as answer`,
      );
    } else if (action.do === "decide") {
      const open = await this.#openQuestion(action.step);
      const payload = action.payload === undefined ? null : this.#sql.json(action.payload);
      await asUser(
        this.#sql,
        this.#stage,
        (tx) => tx`select public.decide_approval(${open}, ${action.verdict}, null, ${payload}) as answer`,
      );
    } else if (action.do === "publish") {
      await this.#stage.publish("main", planOf(action, "Scenario"));
    } else {
      const { mode = "resume", step = null, version = null, decisions = {} } = action;
      const input = action.input === undefined ? null : this.#sql.json(action.input);
      const made = await asUser<{ run_id: string }>(
        this.#sql,
        this.#stage,
        (tx) => tx`
          select public.retry_run(${this.runId}, ${mode}, ${step}, ${input}, ${version === null ? null : String(version)},
            ${this.#sql.json(decisions)}) as answer`,
      );
      this.runId = made.run_id;
    }
  }
}

/** Calls a public verb as the stage's person, through row security and grants. */
export async function asUser<T>(
  sql: postgres.Sql,
  stage: Stage,
  call: (tx: postgres.TransactionSql) => postgres.PendingQuery<postgres.Row[]>,
): Promise<T> {
  const claims = JSON.stringify({ sub: stage.userId, role: "authenticated" });
  const rows = await sql.begin(async (tx) => {
    await tx`select set_config('request.jwt.claims', ${claims}, true), set_config('role', 'authenticated', true)`;
    return call(tx);
  });
  return rows[0]?.["answer"];
}

async function countRejections(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from engine.rejections`;
  return row?.n ?? 0;
}

async function readEnd(
  sql: postgres.Sql,
  runId: string,
): Promise<Omit<Played, "scopes" | "effects" | "kept" | "rejected" | "called">> {
  const [run] = await sql<{ status: string; code: string | null; output: Json }[]>`
    select status, error ->> 'code' as code, output from public.runs join public.run_payloads on run_id = id where id = ${runId}`;
  const steps = await sql<
    {
      step_key: string;
      item_path: number[];
      status: string;
      reused_from: string | null;
      verification: string;
    }[]
  >`
    select step_key, item_path, status, reused_from, verification from public.steps where run_id = ${runId} order by rank, item_path`;
  const events = await sql<
    { kind: string; step_key: string | null; item_path: number[] | null; data: JsonObject }[]
  >`
    select kind, step_key, item_path, data from public.run_events where run_id = ${runId} order by seq`;
  const proofs = await sql<{ line: string }[]>`
    select concat_ws(' ', step_key, verifier, verdict) as line from public.proofs where run_id = ${runId} order by n`;
  return {
    runId,
    proofs: proofs.map(({ line }) => line),
    verification: Object.fromEntries(
      steps.map((one) => [instanceOf({ stepKey: one.step_key, itemPath: one.item_path }), one.verification]),
    ),
    status: run?.status ?? "missing",
    errorCode: run?.code ?? null,
    output: run?.output ?? null,
    statuses: Object.fromEntries(
      steps.map((one) => [instanceOf({ stepKey: one.step_key, itemPath: one.item_path }), one.status]),
    ),
    reused: steps.filter((one) => one.reused_from !== null).map((one) => one.step_key),
    events: events.map(describeEvent),
  };
}

function describeEvent(event: {
  kind: string;
  step_key: string | null;
  item_path: number[] | null;
  data: JsonObject;
}): string {
  const { waitingFor, port, errorCode } = event.data;
  const subject =
    event.step_key === null
      ? "run"
      : instanceOf({ stepKey: event.step_key, itemPath: event.item_path ?? [] });
  const verb = event.kind.slice(event.kind.indexOf(".") + 1);
  const reason =
    waitingFor !== null && typeof waitingFor === "object" && "kind" in waitingFor
      ? ` ${waitingFor["kind"]}`
      : "";
  const route = verb === "succeeded" && typeof port === "string" ? ` via ${port}` : "";
  const failure = verb === "failed" && typeof errorCode === "string" ? ` ${errorCode}` : "";
  return `${subject} ${verb}${reason}${route}${failure}`;
}
