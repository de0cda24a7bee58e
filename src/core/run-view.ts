// A run as a reader sees it: a pure fold over its events. The state after n events equals the database at that `seq`.
import { numberAt, textAt, waitingForOf, type FoldEvent } from "./event-data.ts";
import type { Counts, RunStatus, StepStatus, WaitingFor } from "./run.ts";
import { applyStepEvent, bodyInstances, type PlanStep, type StepView } from "./step-view.ts";

export { emptyBoardView, foldBoard, type BoardCard, type BoardRow, type BoardView } from "./board-view.ts";
export type { FoldEvent } from "./event-data.ts";
export { instanceKey, type PlanStep, type StepView } from "./step-view.ts";

export interface RunView {
  readonly runId: string;
  readonly status: RunStatus;
  readonly waitingFor: WaitingFor | null;
  readonly lane: string | null;
  readonly priority: number | null;
  readonly errorCode: string | null;
  readonly retryCount: number;
  readonly counts: Counts;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** The last event folded; 0 before the first. */
  readonly lastSeq: number;
  /** By {@link instanceKey}. */
  readonly steps: ReadonlyMap<string, StepView>;
  /** Events that arrived before one of their predecessors, in order. */
  readonly ahead: readonly FoldEvent[];
  /** What the plan says about bodies, so that a map's items appear when its list is known. */
  readonly plan: readonly PlanStep[];
}

export const noCounts: Counts = {
  pending: 0,
  ready: 0,
  running: 0,
  waiting: 0,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
  total: 0,
};

/** What the database already says, for a view that starts in the middle of a run. */
export type RunSeed = Partial<Omit<RunView, "runId" | "steps" | "ahead" | "plan">> & {
  steps?: readonly StepView[];
};

/**
 * The view before the first event, or the view rows give.
 * @param plan the run's steps; without them only steps that events name are known
 * @param seed rows read from the database, with the `lastSeq` they were read at
 */
export function emptyRunView(runId: string, plan: readonly PlanStep[] = [], seed: RunSeed = {}): RunView {
  const { steps: rows, ...facts } = seed;
  const steps = new Map<string, StepView>();
  for (const view of rows ?? bodyInstances(plan, undefined, [])) steps.set(view.id, view);
  const counts = { ...noCounts };
  for (const { status } of steps.values()) counts[status]++;
  return {
    runId,
    status: "queued",
    waitingFor: null,
    lane: null,
    priority: null,
    errorCode: null,
    retryCount: 0,
    counts: { ...counts, total: steps.size },
    startedAt: null,
    finishedAt: null,
    lastSeq: 0,
    ahead: [],
    plan,
    ...facts,
    steps,
  };
}

/** The first gap: events after `after` and before `before` are missing. Null when everything seen is folded. */
export function missingEvents(view: RunView): { after: number; before: number } | null {
  const first = view.ahead[0];
  return first ? { after: view.lastSeq, before: first.seq } : null;
}

/**
 * Folds events in; their order and repeats do not matter, and those past a gap wait in `ahead`.
 * @returns the same object when nothing changed; steps that did not change keep their identity
 */
export function foldRunView(view: RunView, events: readonly FoldEvent[]): RunView {
  const waiting = new Map(view.ahead.map((event) => [event.seq, event]));
  for (const event of events)
    if (event.runId === view.runId && event.seq > view.lastSeq && !waiting.has(event.seq))
      waiting.set(event.seq, event);
  if (waiting.size === view.ahead.length) return view;
  const steps = new Map(view.steps);
  let next: RunView = { ...view, steps };
  for (let event = waiting.get(next.lastSeq + 1); event; event = waiting.get(next.lastSeq + 1)) {
    waiting.delete(event.seq);
    next = {
      ...(event.step === undefined ? applyRunEvent(next, event) : applyToSteps(next, steps, event)),
      lastSeq: event.seq,
    };
  }
  const changed =
    next.lastSeq !== view.lastSeq && [...steps].some(([key, step]) => view.steps.get(key) !== step);
  return {
    ...next,
    steps: changed ? steps : view.steps,
    ahead: [...waiting.values()].sort((a, b) => a.seq - b.seq),
  };
}

function applyToSteps(view: RunView, steps: Map<string, StepView>, event: FoldEvent): RunView {
  const { before, after } = applyStepEvent(steps, event);
  const counts = { ...view.counts };
  if (before) counts[before.status]--;
  else counts.total++;
  counts[after.status]++;
  for (const body of [...bodyOfSplit(view.plan, event), ...bodyOfNextTurn(view.plan, event)]) {
    if (steps.has(body.id)) continue;
    steps.set(body.id, body);
    counts[body.status]++;
    counts.total++;
  }
  return { ...view, counts: event.counts ?? counts };
}

/** The instances a map's list makes appear: one of each body step per item. Only the first items start at once. */
function bodyOfSplit(plan: readonly PlanStep[], event: FoldEvent): StepView[] {
  const items = event.data?.["items"];
  if (event.kind !== "step.succeeded" || typeof items !== "number") return [];
  const split = plan.find((step) => step.key === event.step && step.role === "split");
  if (!split) return [];
  const collector = split.key.replace(/__split$/, "");
  const concurrency =
    typeof split.config?.concurrency === "number" ? split.config.concurrency : defaultConcurrency;
  return Array.from({ length: items }, (_, n) =>
    bodyInstances(plan, collector, [...(event.item ?? []), n], n < concurrency),
  ).flat();
}

/** The instances a repeat's next turn makes appear: its end says that one follows, or, skipped, leaves it to the bound. */
function bodyOfNextTurn(plan: readonly PlanStep[], event: FoldEvent): StepView[] {
  const turn = event.item?.at(-1);
  if (turn === undefined || (event.kind !== "step.succeeded" && event.kind !== "step.skipped")) return [];
  const ended = plan.find((step) => step.key === event.step && step.role === "turn");
  if (!ended?.within) return [];
  const follows =
    event.kind === "step.succeeded"
      ? event.data?.["items"] === 1
      : turn + 1 < (typeof ended.config?.maxTurns === "number" ? ended.config.maxTurns : 0);
  return follows ? bodyInstances(plan, ended.within, [...(event.item ?? []).slice(0, -1), turn + 1]) : [];
}

/** As the engine opens maps. */
const defaultConcurrency = 8;

function applyRunEvent(view: RunView, event: FoldEvent): RunView {
  const status = runStatusOf(event.status);
  const ended = status === "succeeded" || status === "failed" || status === "cancelled";
  const started = event.kind === "run.started" || event.kind === "run.resumed";
  const again = event.kind === "run.retried";
  return {
    ...view,
    status,
    waitingFor: status === "waiting" ? waitingForOf(event.data) : null,
    lane: textAt(event.data, "lane") ?? view.lane,
    priority: numberAt(event.data, "priority") ?? view.priority,
    errorCode: status === "failed" ? textAt(event.data, "errorCode") : again ? null : view.errorCode,
    retryCount: numberAt(event.data, "retryCount") ?? view.retryCount + (again ? 1 : 0),
    counts: event.counts ?? view.counts,
    startedAt: view.startedAt ?? (started ? event.at : null),
    finishedAt: ended ? event.at : null,
  };
}

function runStatusOf(status: RunStatus | StepStatus): RunStatus {
  return status === "pending" || status === "ready" || status === "skipped" ? "queued" : status;
}
