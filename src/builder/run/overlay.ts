// The run shown over the canvas: one small state per node, folded from the run's events elsewhere.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { RunError } from "../../core/failure.ts";
import type { Counts, RunStatus, StepStatus, WaitingFor } from "../../core/run.ts";

export interface NodeRun {
  stepKey: string;
  status: StepStatus;
  waitingFor: WaitingFor | null;
  attempt: number;
  /** The route a branch or an approval took. */
  port: string | null;
  /** Items of a map, or instances of a step in a body. */
  items: { total: number; done: number; failed: number } | null;
  fallback: boolean;
}

export interface OverlayState {
  runId: string | null;
  status: RunStatus | null;
  waitingFor: WaitingFor | null;
  counts: Counts | null;
  version: number | null;
  title: string;
  createdAt: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  error: RunError | null;
  feed: "connecting" | "live" | "catching-up" | "offline";
  /** Events read after a gap, shown once. */
  caughtUp: number;
  byNode: ReadonlyMap<string, NodeRun>;
  loadError: string | null;
}

export type RunOverlay = StoreApi<OverlayState>;

export const noRun: OverlayState = {
  runId: null,
  status: null,
  waitingFor: null,
  counts: null,
  version: null,
  title: "",
  createdAt: null,
  startedAt: null,
  finishedAt: null,
  error: null,
  feed: "connecting",
  caughtUp: 0,
  byNode: new Map(),
  loadError: null,
};

export function createRunOverlay(): RunOverlay {
  return createStore<OverlayState>()(() => noRun);
}

export const isOver = (status: RunStatus | null): boolean =>
  status === "succeeded" || status === "failed" || status === "cancelled";

export type WireState = "active" | "taken" | "untaken";

const begun: ReadonlySet<StepStatus> = new Set(["ready", "running"]);
const ended: ReadonlySet<StepStatus> = new Set(["succeeded", "failed"]);

/** What a wire did in the run; undefined while nobody can tell, or without a run. */
export function wireState(state: OverlayState, source: string, target: string, port: string | undefined) {
  if (state.runId === null || state.byNode.size === 0) return undefined;
  const from = state.byNode.get(source);
  const to = state.byNode.get(target);
  if (!to) return undefined;
  const over = isOver(state.status);
  if (to.status === "skipped" || to.status === "cancelled") return "untaken";
  if (from) {
    if (port === "failed" ? from.status !== "failed" : from.status === "failed" && port !== "finished")
      return from.status === "pending" && !over ? undefined : "untaken";
    if (!ended.has(from.status)) return over || from.status === "skipped" ? "untaken" : undefined;
    if (from.port !== null && port !== from.port && port !== "finished" && port !== "failed")
      return "untaken";
  }
  if (begun.has(to.status)) return over ? "untaken" : "active";
  // A step that waits has been reached, and nothing moves until the wait is over.
  if (ended.has(to.status) || (to.status === "waiting" && !over)) return "taken";
  return over ? "untaken" : undefined;
}
