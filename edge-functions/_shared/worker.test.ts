import { afterEach, describe, expect, it, vi } from "vitest";
import { Worker, type WorkerSettings } from "./worker.ts";
import { report, FakeEngine, workerOf, databaseError } from "./fake-engine.ts";

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

  it("waits a moment between looks at what others hold", async () => {
    const engine = new FakeEngine([]);
    const { worker } = slowly(engine);
    const until = performance.now() + 100;
    engine.workerIdle = async () => {
      engine.asked.push(false);
      await Promise.resolve();
      return { nextDueMs: null, work: performance.now() < until };
    };
    await worker.work();
    // Without the pause it asks thousands of times.
    expect(engine.asked.length).toBeLessThan(100);
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
