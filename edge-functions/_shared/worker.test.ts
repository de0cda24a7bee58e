import { afterEach, describe, expect, it, vi } from "vitest";
import { ClaimedStep, type StepReport } from "../../src/core/worker.ts";
import type { Attempt, Engine } from "./engine.ts";
import { Worker, type WorkerSettings } from "./worker.ts";

const runId = "22222222-2222-4222-8222-222222222222";

function step(stepKey: string): ClaimedStep {
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

function report({ stepKey }: ClaimedStep): StepReport {
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

type Faults = { report?: (reports: StepReport[]) => Error | undefined; claim?: () => Error | undefined };

/** Ready steps, and the steps each releases when it succeeds. */
class FakeEngine implements Pick<
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
    return keys.map(step);
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

function workerOf(
  engine: FakeEngine,
  run = (claimed: ClaimedStep): Promise<StepReport | undefined> => Promise.resolve(report(claimed)),
  settings: Partial<WorkerSettings> = {},
) {
  return new Worker(engine, run, { name: "w", leaseMs: 15_000, concurrency: 4, wallMs: 0, ...settings });
}

const databaseError = (code: string) => Object.assign(new Error(`database says ${code}`), { code });

afterEach(() => vi.restoreAllMocks());

describe("a worker", () => {
  it("follows a chain to its end and says when it is due again", async () => {
    const engine = new FakeEngine(["a"], { a: ["b"], b: ["c"] });
    expect(await workerOf(engine).work()).toEqual({ claimed: 3, nextDueMs: 1_500 });
    expect(engine.finished).toEqual([
      ["a", "succeeded"],
      ["b", "succeeded"],
      ["c", "succeeded"],
    ]);
  });

  it("never holds more steps than it may run at once, and reports several together", async () => {
    const engine = new FakeEngine(Array.from({ length: 20 }, (_, n) => `s${n}`));
    expect((await workerOf(engine).work()).claimed).toBe(20);
    expect(engine.most).toBe(4);
    expect(engine.batches.some((size) => size > 1)).toBe(true);
  });

  it("takes up work that appeared while it was about to leave", async () => {
    const engine = new FakeEngine([]);
    engine.sweep = async () => {
      engine.sweeps++;
      if (engine.sweeps === 1) engine.ready.push("late");
      return Promise.resolve({ released: 0, recovered: 0, nextDueMs: null });
    };
    expect((await workerOf(engine).work()).claimed).toBe(1);
  });

  it("answers a second call at once, and looks again because of it", async () => {
    const engine = new FakeEngine(["slow"]);
    const gate = Promise.withResolvers<void>();
    const worker = workerOf(engine, async (claimed) => {
      if (claimed.stepKey === "slow") await gate.promise;
      return report(claimed);
    });
    const first = worker.work();
    await vi.waitFor(() => expect(engine.leased.has("slow")).toBe(true));
    engine.ready.push("quick");
    expect(await worker.work()).toEqual({ claimed: 0 });
    await vi.waitFor(() => expect(engine.finished).toEqual([["quick", "succeeded"]]));
    gate.resolve();
    expect((await first).claimed).toBe(2);
  });

  it("does not report what it no longer holds", async () => {
    const engine = new FakeEngine(["gone"]);
    await workerOf(engine, () => Promise.resolve(undefined)).work();
    expect(engine.finished).toEqual([]);
  });
});

describe("a worker with slow steps under way", () => {
  /** Executes `slow` until the gate opens. */
  function slowly(engine: FakeEngine, settings: Partial<WorkerSettings> = {}) {
    const gate = Promise.withResolvers<void>();
    const worker = workerOf(
      engine,
      async (claimed) => {
        if (claimed.stepKey === "slow") await gate.promise;
        return report(claimed);
      },
      settings,
    );
    return { worker, end: () => gate.resolve() };
  }

  it("asks to be woken, because it has room for more", async () => {
    const engine = new FakeEngine(["slow"]);
    const { worker, end } = slowly(engine);
    const shift = worker.work();
    await vi.waitFor(() => expect(engine.asked).toEqual([true]));
    end();
    await shift;
    expect(engine.asked).toEqual([true, false]);
  });

  it("takes what became ready while it asked", async () => {
    const engine = new FakeEngine(["slow"]);
    const tell = engine.workerIdle.bind(engine);
    engine.workerIdle = async (name, atWork) => {
      if (atWork && engine.asked.length === 0) engine.ready.push("quick");
      return await tell(name, atWork);
    };
    const { worker, end } = slowly(engine);
    const shift = worker.work();
    await vi.waitFor(() => expect(engine.finished).toEqual([["quick", "succeeded"]]));
    end();
    expect((await shift).claimed).toBe(2);
  });

  it("asks again after it was woken", async () => {
    const engine = new FakeEngine(["slow"]);
    const { worker, end } = slowly(engine);
    const shift = worker.work();
    await vi.waitFor(() => expect(engine.asked).toEqual([true]));
    await worker.work();
    await vi.waitFor(() => expect(engine.asked).toEqual([true, true]));
    end();
    await shift;
  });

  it("looks again by itself when something is due soon", async () => {
    const engine = new FakeEngine(["slow"]);
    engine.nextDueMs = 5;
    const { worker, end } = slowly(engine);
    const shift = worker.work();
    await vi.waitFor(() => expect(engine.asked.length).toBeGreaterThan(1));
    expect(engine.sweeps).toBeGreaterThan(0);
    end();
    await shift;
  });

  it("does not ask when it has no room", async () => {
    const engine = new FakeEngine(["slow"]);
    const { worker, end } = slowly(engine, { concurrency: 1 });
    const shift = worker.work();
    await new Promise((done) => setTimeout(done, 60));
    expect(engine.asked).toEqual([]);
    end();
    await shift;
  });

  it("goes on when the engine could not be told", async () => {
    vi.spyOn(console, "warn").mockReturnValue(undefined);
    const engine = new FakeEngine(["slow"]);
    const tell = engine.workerIdle.bind(engine);
    let failures = 1;
    engine.workerIdle = async (name, atWork) => {
      if (failures-- > 0) throw databaseError("08006");
      return await tell(name, atWork);
    };
    const { worker, end } = slowly(engine);
    const shift = worker.work();
    await vi.waitFor(() => expect(failures).toBeLessThan(1));
    end();
    expect((await shift).claimed).toBe(1);
    expect(engine.finished).toEqual([["slow", "succeeded"]]);
  });
});

describe("when the database is away", () => {
  it("sends the report again until it counts", async () => {
    vi.spyOn(console, "warn").mockReturnValue(undefined);
    let failures = 2;
    const engine = new FakeEngine(
      ["a"],
      {},
      { report: () => (failures-- > 0 ? databaseError("08006") : undefined) },
    );
    await workerOf(engine).work();
    expect(engine.finished).toEqual([["a", "succeeded"]]);
  });

  it("does not repeat those that counted when a later part of the batch was lost", async () => {
    vi.spyOn(console, "warn").mockReturnValue(undefined);
    let lost = false;
    const engine = new FakeEngine(
      ["a", "b", "c", "d"],
      {},
      {
        report: (reports) => {
          if (reports.length > 2) return databaseError("22P05");
          if (!lost && reports.some(({ stepKey }) => stepKey === "d")) {
            lost = true;
            return databaseError("08006");
          }
          return undefined;
        },
      },
    );
    await workerOf(engine).work();
    expect(engine.finished.toSorted()).toEqual([
      ["a", "succeeded"],
      ["b", "succeeded"],
      ["c", "succeeded"],
      ["d", "succeeded"],
    ]);
  });

  it("ends the invocation when there is nothing to lose", async () => {
    const engine = new FakeEngine([], {}, { claim: () => databaseError("08006") });
    await expect(workerOf(engine).work()).rejects.toThrow("08006");
  });

  it.each([
    ["a limit of the database", databaseError("54001")],
    ["a stack that ended while it was written", new RangeError("Maximum call stack size exceeded")],
  ])("does not let %s hold up the other reports", async (_, error) => {
    const bad = (reports: StepReport[]) =>
      reports.some(({ stepKey, outcome }) => stepKey === "b" && outcome === "succeeded");
    const engine = new FakeEngine(
      ["a", "b", "c"],
      {},
      { report: (reports) => (bad(reports) ? error : undefined) },
    );
    await workerOf(engine).work();
    expect(engine.finished.toSorted()).toEqual([
      ["a", "succeeded"],
      ["b", "report_refused"],
      ["c", "succeeded"],
    ]);
  });

  it("turns the one report the engine refuses into a failure and keeps the others", async () => {
    const bad = (reports: StepReport[]) =>
      reports.some(({ stepKey, outcome }) => stepKey === "b" && outcome === "succeeded");
    const engine = new FakeEngine(
      ["a", "b", "c"],
      {},
      { report: (reports) => (bad(reports) ? databaseError("22P05") : undefined) },
    );
    await workerOf(engine).work();
    expect(engine.finished.toSorted()).toEqual([
      ["a", "succeeded"],
      ["b", "report_refused"],
      ["c", "succeeded"],
    ]);
  });
});

describe("heartbeats", () => {
  const untilAborted = (claimed: ClaimedStep, signal: AbortSignal) =>
    new Promise<StepReport | undefined>((done) => {
      signal.addEventListener("abort", () => {
        const { reason } = signal.reason as { reason: string };
        done(reason === "lost" ? undefined : { ...report(claimed), outcome: "cancelled" });
      });
    });

  it("stop a step that people cancelled", async () => {
    const engine = new FakeEngine(["long"]);
    engine.cancelled.add("long");
    const worker = new Worker(engine, (claimed, hold) => untilAborted(claimed, hold.signal), {
      name: "w",
      leaseMs: 60,
      concurrency: 1,
      wallMs: 0,
    });
    await worker.work();
    expect(engine.finished).toEqual([["long", "cancelled"]]);
  });

  it("stop a step that another worker has taken over", async () => {
    const engine = new FakeEngine(["long"]);
    engine.taken.add("long");
    const worker = new Worker(engine, (claimed, hold) => untilAborted(claimed, hold.signal), {
      name: "w",
      leaseMs: 60,
      concurrency: 1,
      wallMs: 0,
    });
    await worker.work();
    expect(engine.finished).toEqual([]);
  });

  it.each(["the database was away", "the run was busy"])(
    "let nothing start once two thirds of the lease passed without a renewal: %s",
    async (why) => {
      const engine = new FakeEngine(["long"]);
      if (why === "the run was busy") engine.busy.add("long");
      else engine.heartbeat = () => Promise.reject(databaseError("08006"));
      const seen: boolean[] = [];
      const worker = new Worker(
        engine,
        async (claimed, hold) => {
          seen.push(await hold.mayStart());
          await vi.waitFor(async () => expect(await hold.mayStart()).toBe(false));
          seen.push(await hold.mayStart());
          return report(claimed);
        },
        { name: "w", leaseMs: 300, concurrency: 1, wallMs: 0 },
      );
      await worker.work();
      expect(seen).toEqual([true, false]);
    },
  );
});

describe("when its time is up", () => {
  it("hands over what runs and asks to be called again", async () => {
    const engine = new FakeEngine(["long", "next"]);
    const worker = new Worker(
      engine,
      (claimed, hold) =>
        new Promise((done) => {
          hold.signal.addEventListener("abort", () => done({ ...report(claimed), outcome: "handed_over" }));
        }),
      { name: "w", leaseMs: 15_000, concurrency: 1, wallMs: 80 },
    );
    expect(await worker.work()).toEqual({ claimed: 1, nextDueMs: 0, more: true });
    expect(engine.finished).toEqual([["long", "handed_over"]]);
    expect(engine.ready).toEqual(["next"]);
  });
});
