// Everything the run page reads, gathered: the run with its steps and events, its version, and the names around it.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo } from "react";
import { useStore } from "zustand";
import { instanceKey } from "../core/run-view.ts";
import { useOpenApprovals, openApprovalsQuery, type ApprovalRow } from "../data/approvals.ts";
import type { StepRow } from "../data/run-rows.ts";
import { versionQuery } from "../data/versions.ts";
import { useWorkflows } from "../data/workflows.ts";
import { useLanes, useMembers } from "../data/workspaces.ts";
import { overlayOf } from "./overlay.ts";
import { createRun, type OpenRun } from "./run-store.ts";
import { isFinished } from "./card.ts";
import { withRootQueue, type Segments } from "./timeline.ts";

/** The run, followed while the component is shown. */
export function useOpenRun(runId: string): OpenRun {
  const opened = useMemo(() => createRun(runId), [runId]);
  useEffect(() => opened.follow(), [opened]);
  return opened;
}

const never = "00000000-0000-0000-0000-000000000000";

/** The run as its page draws it; `run` is null until it is read. */
export function useRunPage(opened: OpenRun, workspaceId: string) {
  const { run, steps: read, partial, events, segments, feed, problem } = useStore(opened.store);
  const version = useQuery({
    ...versionQuery(run?.workflowId ?? never, run?.version ?? 0),
    enabled: run !== null,
  });
  // Without the plan nobody knows whose body an item's step is in.
  const steps = useMemo(
    () => (version.isPending ? read.filter((step) => step.itemPath.length === 0) : read),
    [version.isPending, read],
  );
  const workflows = useWorkflows(workspaceId);
  const lanes = useLanes(workspaceId);
  const members = useMembers(workspaceId);
  const approvals = useRunApprovals(workspaceId, run?.id ?? never, steps);
  const plan = version.data?.plan;
  const within = useMemo(
    () =>
      new Map((plan?.steps ?? []).flatMap((step) => (step.within ? [[step.key, step.within] as const] : []))),
    [plan],
  );
  const whole = useMemo(() => rooted(segments, steps, run?.createdAt), [segments, steps, run?.createdAt]);
  const doc = version.data?.graph;
  // What was not read yet may well have been reached.
  const over = run !== null && isFinished(run.status) && !partial;
  const overlay = useMemo(
    () => (doc && run ? overlayOf(doc, steps, run.trigger, over) : null),
    [doc, steps, run, over],
  );
  const by = members.data?.find((member) => member.userId === run?.trigger.by);
  return {
    run,
    steps,
    events,
    feed,
    problem,
    doc,
    overlay,
    within,
    segments: whole,
    approvals,
    workflow: workflows.data?.find((workflow) => workflow.id === run?.workflowId),
    lane: lanes.data?.find((lane) => lane.name === run?.lane),
    who: by?.displayName || by?.email || undefined,
  };
}

/** Root steps queue since the run was created; their waiting for a worker has no event of its own. */
function rooted(segments: Segments, steps: readonly StepRow[], createdAt: string | undefined): Segments {
  if (!createdAt) return segments;
  const queuedAt = Date.parse(createdAt);
  // In plan order, the first has the least rank.
  const first = steps[0]?.rank;
  const roots = steps.filter((step) => step.rank === first && step.itemPath.length === 0);
  const after = new Map(segments);
  for (const step of roots) {
    const key = instanceKey(step.stepKey, step.itemPath);
    const mine = segments.get(key);
    if (mine) after.set(key, withRootQueue(mine, queuedAt));
  }
  return after;
}

/** Waits that a person ends. */
const askedKinds: ReadonlySet<string> = new Set(["approval", "form", "reconcile"]);

/** Open approvals of this run; read again when its waiting steps change. */
function useRunApprovals(
  workspaceId: string,
  runId: string,
  steps: readonly StepRow[],
): readonly ApprovalRow[] {
  const queries = useQueryClient();
  const waiting = steps
    .filter((step) => askedKinds.has(step.waitingFor?.kind ?? ""))
    .map((step) => instanceKey(step.stepKey, step.itemPath))
    .join(" ");
  const { data } = useOpenApprovals(workspaceId);
  const readAgain = useEffectEvent(() => {
    void queries.invalidateQueries({ queryKey: openApprovalsQuery(workspaceId).queryKey });
  });
  useEffect(() => {
    if (waiting !== "") readAgain();
  }, [waiting]);
  return useMemo(() => (data ?? []).filter((approval) => approval.runId === runId), [data, runId]);
}
