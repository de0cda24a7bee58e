// Publishing, starting and working off runs of a stage.
import { planOf } from "../../../e2e/engine/plan-of.ts";
import { asUser } from "../../../e2e/engine/play.ts";
import { sql, stage } from "./plain-stage.ts";

export const publish = async (
  slug: string,
  steps: Parameters<typeof planOf>[0]["steps"],
  inputSchema = {},
): Promise<string> =>
  stage.publish(slug, planOf({ steps, inputSchema: { type: "object", ...inputSchema } }, slug));
export const start = async (
  workflow: string,
  input: object = {},
): Promise<{ run_id: string; existing: boolean }> =>
  asUser(
    sql,
    stage,
    (tx) => tx`select public.start_run(${workflow}, ${JSON.stringify(input)}::text::jsonb) as answer`,
  );

/** Executes everything that is ready; steps named in `failing` fail. */
export async function work(failing: Record<string, string> = {}): Promise<void> {
  for (;;) {
    const [row] = await sql`select engine.claim_steps('w', 50, 15000) as claimed`;
    const claimed: { runId: string; stepKey: string; itemPath: number[]; attempt: number }[] =
      row?.["claimed"] ?? [];
    if (claimed.length === 0) return;
    const reports = claimed.map(({ runId, stepKey, itemPath, attempt }) => ({
      runId,
      stepKey,
      itemPath,
      attempt,
      ...(failing[stepKey] === undefined
        ? { outcome: "succeeded", output: {} }
        : { outcome: "failed", error: { class: failing[stepKey], code: failing[stepKey], message: "No." } }),
    }));
    await sql`select engine.report_steps('w', ${sql.json(reports)}, 0, 15000)`;
  }
}
