import type postgres from "postgres";

/**
 * Executes everything that is ready, as a worker would.
 * @param sql     a superuser's connections
 * @param failing error class by step; `holds` claims the step and never reports it. A split without an entry gives two items
 * @param ports   the way a step takes, by step
 */
export async function workOff(
  sql: postgres.Sql,
  failing: Record<string, string> = {},
  ports: Record<string, string> = {},
): Promise<void> {
  for (;;) {
    const [row] = await sql`select engine.claim_steps('w', 50, 15000) as claimed`;
    const claimed: {
      runId: string;
      stepKey: string;
      itemPath: number[];
      attempt: number;
      role?: string;
      effect: string;
    }[] = row?.["claimed"] ?? [];
    for (const { runId, stepKey, itemPath, attempt, effect } of claimed)
      if (effect === "at_most_once")
        await sql`select engine.mark_started(${runId}, ${stepKey}, ${itemPath}::int[], ${attempt})`;
    const reports = claimed
      .filter(({ stepKey }) => failing[stepKey] !== "holds")
      .map(({ runId, stepKey, itemPath, attempt, role }) => {
        const errorClass = failing[stepKey];
        const output = role === "split" ? { items: [1, 2] } : {};
        return {
          runId,
          stepKey,
          itemPath,
          attempt,
          ...(errorClass === undefined
            ? {
                outcome: "succeeded",
                output,
                ...(ports[stepKey] === undefined ? {} : { port: ports[stepKey] }),
              }
            : { outcome: "failed", error: { class: errorClass, code: errorClass, message: "No." } }),
        };
      });
    if (reports.length === 0) return;
    await sql`select engine.report_steps('w', ${sql.json(reports)}, 0, 15000)`;
  }
}
