import { afterEach, describe, expect, it, vi } from "vitest";
import { ClaimedStep, type StepReport } from "../../src/core/worker.ts";
import { Worker } from "./worker.ts";
import { report, FakeEngine, workerOf, databaseError } from "./fake-engine.ts";

afterEach(() => vi.restoreAllMocks());

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
