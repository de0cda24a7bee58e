// An engine that remembers what it is told and fails on demand, for tests of the worker.
import { ClaimedStep, type StepReport } from "../../src/core/worker.ts";
import type { Attempt, Engine } from "./engine.ts";
import { Worker, type WorkerSettings } from "./worker.ts";

export const runId = "22222222-2222-4222-8222-222222222222";

export function step(stepKey: string): ClaimedStep {
  return ClaimedStep.parse({
    runId,
    workspaceId: runId,
    stepKey,
    itemPath: [],
    attempt: 1,
    tries: 1,
    kind: "probe",
    kindVersion: 1,
    title: stepKey,
    config: {},
    inputs: {},
    onFailure: "fail_run",
    scope: {},
    outputs: {},
    verifiers: [],
    connections: [],
    tools: [],
    effect: "pure",
    timeoutMs: 1_000,
    leaseUntil: "2026-01-01T00:00:00Z",
    keyRun: runId,
    planHash: "a".repeat(64),
    mode: "live",
  });
}

export function report({ stepKey }: ClaimedStep): StepReport {
  return {
    runId,
    stepKey,
    itemPath: [],
    attempt: 1,
    outcome: "succeeded",
    calls: [],
    proofs: [],
    artifacts: [],
    logs: [],
    activeMs: 0,
  };
}

export type Faults = {
  report?: (reports: StepReport[]) => Error | undefined;
  claim?: () => Error | undefined;
};

/** Ready steps, and the steps each releases when it succeeds. */
export class FakeEngine implements Pick<
  Engine,
  "claimSteps" | "reportSteps" | "heartbeat" | "sweep" | "workerIdle"
> {
  ready: string[];
  readonly releases: Record<string, string[]>;
  readonly finished: [string, string][] = [];
  readonly batches: number[] = [];
  readonly leased = new Set<string>();
  readonly faults: Faults;
  readonly cancelled = new Set<string>();
  readonly taken = new Set<string>();
  /** Their runs are locked by somebody whenever a heartbeat comes. */
  readonly busy = new Set<string>();
  /** Deaths of workers, by step. */
  readonly crashes: Record<string, number> = {};
  most = 0;
  sweeps = 0;
  /** What its workers said when they asked to be woken: whether steps were under way. */
  readonly asked: boolean[] = [];
  nextDueMs = 1_500;

  constructor(ready: string[], releases: Record<string, string[]> = {}, faults: Faults = {}) {
    this.ready = ready;
    this.releases = releases;
    this.faults = faults;
  }
  #take(limit: number): ClaimedStep[] {
    const keys = this.ready.splice(0, limit);
    for (const key of keys) this.leased.add(key);
    this.most = Math.max(this.most, this.leased.size);
    return keys.map((key) => ({ ...step(key), crashes: this.crashes[key] }));
  }
  async claimSteps(_: string, limit: number) {
    await Promise.resolve();
    const fault = this.faults.claim?.();
    if (fault) throw fault;
    return this.#take(limit);
  }
  async reportSteps(_: string, reports: StepReport[], claim: number) {
    await Promise.resolve();
    const fault = this.faults.report?.(reports);
    if (fault) throw fault;
    this.batches.push(reports.length);
    for (const { stepKey, outcome, error } of reports) {
      this.leased.delete(stepKey);
      this.finished.push([stepKey, error?.code ?? outcome]);
      this.ready.push(...(this.releases[stepKey] ?? []));
    }
    return { results: [], claimed: this.#take(claim) };
  }
  async heartbeat(_: string, leases: Attempt[]) {
    await Promise.resolve();
    return leases.map((one) => ({
      ...one,
      held: !this.taken.has(one.stepKey),
      renewed: !this.taken.has(one.stepKey) && !this.busy.has(one.stepKey),
      cancelRequested: this.cancelled.has(one.stepKey),
    }));
  }
  async sweep() {
    await Promise.resolve();
    this.sweeps++;
    return { released: 0, recovered: 0, nextDueMs: null };
  }
  async workerIdle(_: string, atWork: boolean) {
    await Promise.resolve();
    this.asked.push(atWork);
    return { nextDueMs: this.nextDueMs, work: this.ready.length > 0 };
  }
}

export function workerOf(
  engine: FakeEngine,
  run = (claimed: ClaimedStep): Promise<StepReport | undefined> => Promise.resolve(report(claimed)),
  settings: Partial<WorkerSettings> = {},
) {
  return new Worker(engine, run, { name: "w", leaseMs: 15_000, concurrency: 4, wallMs: 0, ...settings });
}

export const databaseError = (code: string) => Object.assign(new Error(`database says ${code}`), { code });
