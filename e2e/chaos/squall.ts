// A short storm without processes: workers are loops in here that die, stall past their lease and report twice. It asks the engine's SQL
// the same questions in seconds, so that tests and controls can run it.
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { ClaimedStep, ReportAnswer } from "../../src/core/worker.ts";
import { setStage } from "../engine/stage.ts";
import { drawPlan } from "./documents.ts";
import type { EffectSink } from "./effect-sink.ts";
import { type Findings, inspect } from "./findings.ts";
import { openPerson } from "./person.ts";
import { type Random, seededRandom } from "./random.ts";
import { openStarter } from "./starter.ts";

export interface SquallOptions {
  readonly seed: number;
  readonly runs: number;
  readonly workers?: number;
  /** Takes a protection away first. */
  readonly sabotage?: (sql: postgres.Sql) => Promise<void>;
  /** How long runs may take to end after the last fault. */
  readonly settleMs?: number;
}

const LEASE_MS = 400;

/** A sink inside this process: counts calls per step, as the server does per key. */
function countingSink(): EffectSink & { call(caller: string): void } {
  const effects = new Map<string, { caller: string; calls: number; done: number }>();
  return {
    url: "http://127.0.0.1:9",
    effects,
    effectOf: (caller) => effects.get(caller),
    mixedUp: [],
    close: () => Promise.resolve(),
    call(caller) {
      const effect = effects.get(caller) ?? { caller, calls: 0, done: 0 };
      effects.set(caller, { ...effect, calls: effect.calls + 1, done: effect.done + 1 });
    },
  };
}

/** @param url superuser URL of a database of its own */
export async function squall(url: string, options: SquallOptions): Promise<Findings> {
  const random = seededRandom(options.seed);
  const sink = countingSink();
  const sql = postgres(url, { max: 4, onnotice: () => {} });
  const stage = await setStage(sql);
  const drawings = random.fork("workflows");
  const workflows: string[] = [];
  for (let n = 0; n < 8; n += 1)
    workflows.push(await stage.publish(`w-${n}`, drawPlan(drawings, sink.url, `Workflow ${n}`)));
  await options.sabotage?.(sql);
  const starter = await openStarter(url, stage.userId, workflows, random, 0.2);
  const person = openPerson(sql, stage, sink);
  const faults = { on: true };
  const over = new AbortController();
  const working = Array.from({ length: options.workers ?? 6 }, (_, n) =>
    faultyWorker(url, `w${n}`, random.fork(`worker ${n}`), faults, sink, over.signal),
  );
  try {
    for (let n = 0; n < options.runs; n += 10) {
      await starter.start(Array.from({ length: Math.min(10, options.runs - n) }, (_, at) => n + at));
      await person.answerAll();
    }
    for (const until = performance.now() + (options.settleMs ?? 20_000); performance.now() < until;) {
      await person.answerAll();
      await sql`select engine.sweep()`;
      const [open] = await sql<
        { n: number }[]
      >`select count(*)::int as n from public.runs where finished_at is null`;
      if (open?.n === 0) break;
      if ((open?.n ?? 0) < options.runs / 4) faults.on = false;
      await sleep(50);
    }
    over.abort();
    await Promise.all(working);
    const findings = await inspect(sql, sink, { accepted: starter.accepted, repeated: person.repeated });
    return { ...findings, broken: [...findings.broken, ...(await strangers(sql))] };
  } finally {
    over.abort();
    await Promise.all(working);
    await starter.close();
    await sql.end({ timeout: 1 });
  }
}

/** Steps whose recorded output is another attempt's work: what the fence is for. */
async function strangers(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ run_id: string; step_key: string; by: number; attempt: number }[]>`
    select run_id, step_key, (output ->> 'by')::int as by, attempt
    from public.steps join public.step_payloads using (run_id, step_key, item_path)
    where status = 'succeeded' and output ? 'by' and (output ->> 'by')::int <> attempt`;
  return rows.map(
    (row) =>
      `an outcome is the current attempt's: ${row.run_id} ${row.step_key} is attempt ${row.attempt}, its output came from ${row.by}`,
  );
}

async function faultyWorker(
  url: string,
  name: string,
  random: Random,
  faults: { readonly on: boolean },
  sink: ReturnType<typeof countingSink>,
  over: AbortSignal,
): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  let held: ClaimedStep[] = [];
  while (!over.aborted) {
    if (held.length === 0) {
      const [row] = await sql`select engine.claim_steps(${name}, 8, ${LEASE_MS}) as claimed`;
      held = ClaimedStep.array().parse(row?.["claimed"]);
      if (held.length === 0) await sleep(15);
    }
    const reports: object[] = [];
    let stalled = false;
    for (const step of held) {
      const fate = faults.on ? random.next() : 1;
      if (fate < 0.02) continue;
      const report = await execute(sql, step, sink, random);
      if (fate < 0.04 || report === undefined) continue;
      reports.push(report, ...(fate < 0.05 ? [report] : []));
      stalled ||= fate > 0.05 && fate < 0.07;
    }
    if (stalled) await sleep(LEASE_MS * 1.5);
    held = [];
    if (reports.length === 0) continue;
    const [row] =
      await sql`select engine.report_steps(${name}, ${sql.json(reports as never)}, 8, ${LEASE_MS}) as answer`;
    held = ReportAnswer.parse(row?.["answer"]).claimed;
  }
  await sql.end({ timeout: 1 });
}

/** What the nodes would do, without them. Undefined when the start marker says that somebody else was here. */
async function execute(
  sql: postgres.Sql,
  step: ClaimedStep,
  sink: ReturnType<typeof countingSink>,
  random: Random,
): Promise<object | undefined> {
  const { runId, stepKey, itemPath, attempt, kind, role, effect } = step;
  const said = { runId, stepKey, itemPath, attempt };
  // Work that stands is only checked: here every check passes.
  if (step.keptOutput !== undefined && step.keptOutput !== null) {
    const port = step.keptChecks?.port;
    return {
      ...said,
      outcome: "succeeded",
      output: step.keptOutput,
      ...(port === undefined ? {} : { port }),
    };
  }
  if (kind === "http-request") {
    if (effect === "at_most_once") {
      const [row] = await sql<{ mine: boolean }[]>`
        select engine.mark_started(${runId}, ${stepKey}, ${itemPath}::int[], ${attempt}) as mine`;
      if (row?.mine !== true) return undefined;
    } else if (random.chance(0.05)) {
      return {
        ...said,
        outcome: "failed",
        error: { class: "transient", code: "http_5xx", message: "Away." },
      };
    }
    sink.call(`${runId} ${stepKey} ${itemPath.at(-1) ?? ""}`);
  }
  if (role === "split")
    return { ...said, outcome: "succeeded", output: { items: [1, 2].slice(random.int(0, 2)), by: attempt } };
  const port = kind === "branch" ? random.pick(["even", "odd"]) : undefined;
  return {
    ...said,
    outcome: "succeeded",
    output: { value: {}, by: attempt },
    ...(port === undefined ? {} : { port }),
  };
}
