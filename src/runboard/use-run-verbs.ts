// The verbs of the run page. Each shows its result or why it was refused, and never throws.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Budgets } from "../core/plan.ts";
import type { Json } from "../core/json.ts";
import { openApprovalsQuery, type ApprovalRow } from "../data/approvals.ts";
import { cancelRun, decideApproval, pauseRun, resumeRun, topUpRun, type RunRow } from "../data/runs.ts";
import { showDone, showFailure } from "../ui/toast.tsx";
import type { ApprovalVerdict } from "../data/run-verbs.ts";
import { retryNow } from "./retry-now.ts";
import type { OpenRun } from "./run-store.ts";

export interface RunVerbs {
  busy: "retry" | "cancel" | "pause" | null;
  /** Resumes at once, or asks for the sheet. */
  retry: (run: RunRow) => Promise<void>;
  cancel: (run: RunRow) => Promise<void>;
  /** Pauses, or lets a paused run go on. */
  pause: (run: RunRow) => Promise<void>;
  topUp: (run: RunRow, added: Budgets) => Promise<void>;
  decide: (
    approval: ApprovalRow,
    verdict: ApprovalVerdict,
    comment: string | null,
    payload: Json | null,
  ) => Promise<void>;
}

const decided: Record<ApprovalVerdict, string> = {
  approved: "Approved",
  rejected: "Rejected",
  do_it_again: "It runs again",
  treat_as_done: "Taken as done",
  fail: "The step has failed",
};

/** @param look opens the sheet when a retry needs a person */
export function useRunVerbs(opened: OpenRun, look: () => void): RunVerbs {
  const queries = useQueryClient();
  const [busy, setBusy] = useState<RunVerbs["busy"]>(null);
  const guard = async (verb: RunVerbs["busy"], title: string, act: () => Promise<void>) => {
    setBusy(verb);
    try {
      await act();
    } catch (error) {
      showFailure(title, error);
    } finally {
      setBusy(null);
      opened.refresh();
    }
  };
  return {
    busy,
    retry: (run) =>
      guard("retry", "The run could not be retried", async () => {
        const outcome = await retryNow(run.id);
        if (outcome.kind === "look") look();
        else showDone(`${run.title} goes on`, { description: `${outcome.summary}.` });
      }),
    cancel: (run) =>
      guard("cancel", "The run could not be cancelled", async () => {
        await cancelRun(run.id);
      }),
    pause: (run) =>
      guard("pause", `The run could not be ${run.pausedAt ? "resumed" : "paused"}`, async () => {
        await (run.pausedAt ? resumeRun(run.id) : pauseRun(run.id));
      }),
    topUp: (run, added) =>
      guard(null, "The budget was not raised", async () => {
        await topUpRun(run.id, added);
        showDone(`${run.title} has more to spend`);
      }),
    decide: (approval, verdict, comment, payload) =>
      guard(null, "The decision was not taken", async () => {
        await decideApproval(approval.id, verdict, comment ?? undefined, payload ?? undefined);
        await queries.invalidateQueries({ queryKey: openApprovalsQuery(approval.workspaceId).queryKey });
        showDone(decided[verdict], { description: approval.title });
      }),
  };
}
