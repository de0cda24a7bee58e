import { describe, expect, it, vi } from "vitest";
import { FakeEngine, report, workerOf } from "./fake-engine.ts";

const pause = (ms: number): Promise<unknown> => new Promise((done) => setTimeout(done, ms));

describe("a step that two workers died of", () => {
  it("has its worker for itself until its report has counted", async () => {
    const engine = new FakeEngine(["suspect"]);
    engine.crashes["suspect"] = 2;
    const [gate, counted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const send = engine.reportSteps.bind(engine);
    vi.spyOn(engine, "reportSteps").mockImplementation(async (name, reports, claim) => {
      if (reports.some(({ stepKey }) => stepKey === "suspect")) await counted.promise;
      return await send(name, reports, claim);
    });
    const worker = workerOf(engine, async (claimed) => {
      if (claimed.stepKey === "suspect") await gate.promise;
      return report(claimed);
    });
    const working = worker.work();
    await vi.waitFor(() => expect(engine.leased).toEqual(new Set(["suspect"])));
    engine.ready.push("next");
    await worker.work();
    await pause(40);
    expect([engine.finished, engine.ready]).toEqual([[], ["next"]]);
    gate.resolve();
    await vi.waitFor(() => expect(engine.reportSteps).toHaveBeenCalled());
    await worker.work();
    await pause(40);
    expect([engine.finished, engine.ready]).toEqual([[], ["next"]]);
    counted.resolve();
    expect((await working).claimed).toBe(2);
  });

  it("shares it again after two seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    try {
      const engine = new FakeEngine(["suspect"]);
      engine.crashes["suspect"] = 2;
      const gate = Promise.withResolvers<void>();
      const worker = workerOf(engine, async (claimed) => {
        if (claimed.stepKey === "suspect") await gate.promise;
        return report(claimed);
      });
      const working = worker.work();
      await vi.advanceTimersByTimeAsync(1_900);
      engine.ready.push("next");
      await worker.work();
      await vi.advanceTimersByTimeAsync(90);
      expect(engine.finished).toEqual([]);
      await vi.advanceTimersByTimeAsync(110);
      expect(engine.finished).toEqual([["next", "succeeded"]]);
      gate.resolve();
      await vi.runAllTimersAsync();
      expect((await working).claimed).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });
});
