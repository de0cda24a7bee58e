// A run of a map whose split is claimed, and what its worker says of the body.
import { afterAll, beforeAll } from "vitest";
import { type TestDatabase, createTestDatabase } from "../../../e2e/database.ts";
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { type StepSpec } from "../../../e2e/engine/scenario.ts";
import { type Stage, setStage } from "../../../e2e/engine/stage.ts";
import type { FoldEvent } from "../../../src/core/event-data.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { Plan } from "../../../src/core/plan.ts";
import { emptyRunView, foldRunView } from "../../../src/core/run-view.ts";
import { ClaimedStep, ReportAnswer } from "../../../src/core/worker.ts";

export let database: TestDatabase;
export let stage: Stage;
/** A database of its own for the file that calls it. */
export function useBodyScene(): void {
  beforeAll(async () => {
    database = await createTestDatabase();
    stage = await setStage(database.sql);
  });
  afterAll(() => database.drop());
}

let count = 0;

/** Starts a run of these steps and claims its first. */
export async function claim(steps: StepSpec[], options: JsonObject = {}): Promise<ClaimedStep> {
  const slug = `bodies-${count++}`;
  const workflow = await stage.publish(slug, planOf({ steps }, slug));
  const { run_id: run } = await asUser<{ run_id: string }>(
    database.sql,
    stage,
    (tx) => tx`select public.start_run(${workflow}, '{"id": "x"}', ${tx.json(options)}) as answer`,
  );
  const [row] = await database.sql`select engine.claim_steps('w', 50, 15000) as claimed`;
  const [first] = ClaimedStep.array()
    .parse(row?.["claimed"])
    .filter(({ runId }) => runId === run);
  if (!first) throw new Error("Nothing was claimed.");
  return first;
}

export async function report(claimed: ClaimedStep, more: JsonObject): Promise<ClaimedStep[]> {
  const { runId, stepKey, itemPath, attempt } = claimed;
  const reports = [{ runId, stepKey, itemPath, attempt, outcome: "succeeded", ...more }];
  const [row] =
    await database.sql`select engine.report_steps('w', ${database.sql.json(reports)}, 10, 15000) as answer`;
  return ReportAnswer.parse(row?.["answer"]).claimed;
}

/** The steps as a viewer has them who knows the plan and the events alone. */
export async function folded({ runId, planHash }: ClaimedStep): Promise<Record<string, string>> {
  const [version] = await database.sql`select plan from public.versions where plan_hash = ${planHash}`;
  const rows = await database.sql`
    select jsonb_strip_nulls(jsonb_build_object('runId', run_id, 'seq', seq, 'kind', kind, 'status', status, 'at', engine.iso_time(at),
      'step', step_key, 'item', item_path, 'attempt', attempt, 'data', data)) as event
    from public.run_events where run_id = ${runId} order by seq`;
  const events: FoldEvent[] = rows.map((row) => row["event"]);
  const { steps } = foldRunView(emptyRunView(runId, Plan.parse(version?.["plan"]).steps), events);
  return Object.fromEntries(
    [...steps.values()].map(({ stepKey, itemPath, status }) => [[stepKey, ...itemPath].join(" "), status]),
  );
}

export const work = (index: number, more: JsonObject = {}) => ({
  stepKey: "work",
  index,
  output: { n: index },
  ...more,
});
export const result = (index: number) => ({ stepKey: "each__item", index, output: { value: index * 10 } });
export const bodyKeys = (claimed: ClaimedStep) => claimed.following?.map(({ stepKey }) => stepKey) ?? [];
export const instances = (steps: ClaimedStep[]) =>
  steps.map(({ stepKey, itemPath }) => `${stepKey}[${itemPath.join(",")}]`);

export async function statuses({ runId }: ClaimedStep): Promise<Record<string, string>> {
  const rows = await database.sql`
    select step_key, item_path, status from public.steps where run_id = ${runId} order by item_path, rank`;
  return Object.fromEntries(
    rows.map((row) => [[row["step_key"], ...row["item_path"]].join(" "), row["status"]]),
  );
}

export async function record(
  { runId, stepKey, itemPath, attempt }: ClaimedStep,
  total: number,
  ahead: JsonObject[],
) {
  const [row] = await database.sql`
    select engine.record_ahead('w', ${runId}, ${stepKey}, ${itemPath}::int[], ${attempt}, ${total}, ${database.sql.json(ahead)}) as taken`;
  return row?.["taken"];
}
