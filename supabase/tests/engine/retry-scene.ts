// Runs that have ended, and what a person asks of them: what a retry would do, and the retry.
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { type StepSpec } from "../../../e2e/engine/scenario.ts";
import { workOff } from "./work-off.ts";
import { sql, stage } from "./plain-stage.ts";

export interface Retry {
  mode?: string;
  step?: string;
  input?: object | null;
  version?: string;
  decisions?: object;
}
export interface Preview {
  makes: string;
  rerun: { step: string }[];
  reused: { step: string }[];
  flagged: { step: string }[];
  effects: { step: string; prior: string; verdict: string; asks: boolean; choices: string[] }[];
  estimate: object;
}
export const json = (value: unknown) => sql`${value === null ? null : JSON.stringify(value)}::text::jsonb`;
export const preview = (run: string, { mode = "resume", step: at, version, decisions = {} }: Retry = {}) =>
  asUser<Preview>(
    sql,
    stage,
    (tx) =>
      tx`select public.retry_preview(${run}, ${mode}, ${at ?? null}, ${version ?? null}, ${json(decisions)}) as answer`,
  );
export const retry = (
  run: string,
  { mode = "resume", step: at, input = null, version, decisions = {} }: Retry = {},
) =>
  asUser<{ run_id: string }>(
    sql,
    stage,
    (tx) =>
      tx`select public.retry_run(${run}, ${mode}, ${at ?? null}, ${json(input)}, ${version ?? null}, ${json(decisions)}) as answer`,
  );

let published = 0;
export async function ended(
  steps: readonly StepSpec[],
  failing: Record<string, string> = {},
  facts: { inputSchema?: object; input?: object } = {},
): Promise<{ run: string; slug: string }> {
  const slug = `retry-${(published += 1)}`;
  const workflow = await stage.publish(
    slug,
    planOf({ steps, inputSchema: { type: "object", ...facts.inputSchema } }, slug),
  );
  const { run_id: run } = await asUser<{ run_id: string }>(
    sql,
    stage,
    (tx) => tx`select public.start_run(${workflow}, ${json(facts.input ?? {})}) as answer`,
  );
  await workOff(sql, failing);
  return { run, slug };
}
export const keys = (list: readonly { step: string }[]) => list.map((one) => one.step).toSorted();
