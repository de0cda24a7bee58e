// What a card on the board shows, gathered from the run's row and its live steps.
import type { RunError } from "../core/failure.ts";
import type { Budgets } from "../core/plan.ts";
import type { Counts, RunStatus, RunTrigger, StepStatus, Usage, WaitingFor } from "../core/run.ts";

/** The part of a run's row a card reads; list rows carry no payloads. */
export interface CardRun {
  id: string;
  workflowId: string;
  version: number;
  title: string;
  status: RunStatus;
  waitingFor?: WaitingFor | null;
  lane: string;
  priority: number;
  trigger: RunTrigger;
  retryOf?: string | null;
  retryCount: number;
  counts: Counts;
  usage: Usage;
  lastSeq: number;
  error?: RunError | null;
  cancelRequestedAt?: string | null;
  /** Set while it undoes its steps: how it will end. */
  ending?: { status: RunStatus; error?: RunError | null | undefined } | null | undefined;
  pausedAt?: string | null;
  budgets?: Budgets | null;
  createdAt: string;
  startedAt?: string | null;
  finishedAt?: string | null;
}

/** A step of a live run that is running or waiting now. */
export interface LiveStep {
  runId: string;
  stepKey: string;
  itemPath: number[];
  title: string;
  status: StepStatus;
  waitingFor?: WaitingFor | null;
  tries: number;
  attemptLimit: number;
  itemsTotal?: number | null;
  itemsDone?: number | null;
}

/** A lane as its column shows it. */
export interface CardLane {
  name: string;
  title: string;
  colour: string;
  position: number;
  wipLimit?: number | null;
  paused: boolean;
}

/** A lane in a sentence: its title, or `lane A` when it was never given one. */
export function laneLabel(lane: CardLane): string {
  return lane.title === lane.name ? `lane ${lane.name}` : lane.title;
}

/** Statuses a run leaves only by a person's retry. */
export function isFinished(status: RunStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "cancelled";
}

/** It stands in line: nothing of it has been let in yet, whether it is queued or told to wait for its lane. */
export function isHeld(run: CardRun): boolean {
  return (
    run.status === "queued" || (run.status === "waiting" && run.waitingFor?.kind === "lane" && !run.startedAt)
  );
}

/** It takes a slot of its lane: it has begun and has not ended. */
export function takesSlot(run: CardRun): boolean {
  return (run.status === "running" || run.status === "waiting") && !isHeld(run);
}

/** How often the run was started: itself, its retries in place, and the runs before it in its chain. */
export function triesOf(run: CardRun, chain: readonly CardRun[]): number {
  return chain.reduce((sum, earlier) => sum + 1 + earlier.retryCount, 1 + run.retryCount);
}

/**
 * Folds retry chains: a run that another listed run retries is hidden behind that newer run.
 * @returns the newest run of each chain with the older ones, nearest first, in the order of `runs`
 */
export function foldChains<Run extends CardRun>(runs: readonly Run[]): { run: Run; chain: Run[] }[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const retried = new Set(runs.flatMap((run) => (run.retryOf && byId.has(run.retryOf) ? [run.retryOf] : [])));
  return runs
    .filter((run) => !retried.has(run.id))
    .map((run) => {
      const chain: Run[] = [];
      let earlier = run.retryOf ? byId.get(run.retryOf) : undefined;
      while (earlier && !chain.includes(earlier)) {
        chain.push(earlier);
        earlier = earlier.retryOf ? byId.get(earlier.retryOf) : undefined;
      }
      return { run, chain };
    });
}
