// One click: resume at once when nothing outside would happen twice, else say that a person has to look.
import { retryPreview, retryRun } from "../data/runs.ts";
import { judge } from "./retry-choice.ts";

export type RetryOutcome = { kind: "resumed"; runId: string; summary: string } | { kind: "look" };

/**
 * Resumes a failed or cancelled run where it stopped.
 * @returns `look` when effects would repeat or a decision is open; nothing has happened then
 * @throws DataError when the server refuses
 */
export async function retryNow(runId: string): Promise<RetryOutcome> {
  const verdict = judge(await retryPreview(runId, { mode: "resume" }));
  if (!verdict.green) return { kind: "look" };
  const { runId: resumed } = await retryRun(runId, { mode: "resume" });
  return { kind: "resumed", runId: resumed, summary: verdict.summary };
}
