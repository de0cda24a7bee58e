// A worker without nodes: claims and reports as fast as the engine lets it, for tests of the engine alone.
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { ClaimedStep, ReportAnswer } from "../../src/core/worker.ts";

export interface PlainWorker {
  /** Works until no run of this workflow is open. */
  done(workflowId: string): Promise<void>;
}

export interface PlainWorkerOptions {
  /** Steps held at once. */
  readonly limit?: number;
  /** How many items a map gets. */
  readonly items?: number;
  /** Milliseconds before each report. */
  readonly pauseMs?: number;
}

/** @param url superuser URL */
export function work(
  url: string,
  name: string,
  { limit = 5, items = 0, pauseMs = 0 }: PlainWorkerOptions = {},
): PlainWorker {
  return {
    async done(workflowId) {
      const sql = postgres(url, { max: 1, onnotice: () => {} });
      try {
        for (;;) {
          const [claimed] = await sql`select engine.claim_steps(${name}, ${limit}, 15000) as claimed`;
          let held = ClaimedStep.array().parse(claimed?.["claimed"]);
          while (held.length > 0) {
            await sleep(pauseMs);
            const reports = held.map(({ runId, stepKey, itemPath, attempt, role }) => ({
              runId,
              stepKey,
              itemPath,
              attempt,
              outcome: "succeeded",
              output:
                role === "split" ? { items: Array.from({ length: items }, (_, n) => n) } : { value: {} },
            }));
            const [row] =
              await sql`select engine.report_steps(${name}, ${sql.json(reports)}, ${limit}, 15000) as answer`;
            held = ReportAnswer.parse(row?.["answer"]).claimed;
          }
          const [open] =
            await sql`select from public.runs where workflow_id = ${workflowId} and finished_at is null limit 1`;
          if (!open) return;
        }
      } finally {
        await sql.end();
      }
    },
  };
}
