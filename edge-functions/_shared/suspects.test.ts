import { describe, expect, it, vi } from "vitest";
import { FakeEngine, report, workerOf } from "./fake-engine.ts";

describe("steps whose workers died", () => {
  it("are begun one after the other, each said to be, while others go on", async () => {
    const engine = new FakeEngine(["a", "b", "fresh"]);
    Object.assign(engine.crashes, { a: 1, b: 2 });
    const gate = Promise.withResolvers<void>();
    const began: string[] = [];
    const working = workerOf(engine, async (claimed) => {
      began.push(claimed.stepKey);
      // It blocks its worker: nothing after it may be blamed.
      if (claimed.stepKey === "a")
        for (const until = performance.now() + 60; performance.now() < until;) continue;
      if (claimed.stepKey === "a") expect(engine.begun).toEqual(["a"]);
      await gate.promise;
      return report(claimed);
    }).work();
    await vi.waitFor(() => expect(began).toEqual(["fresh", "a", "b"]));
    expect(engine.begun).toEqual(["a", "b"]);
    gate.resolve();
    await working;
    expect(engine.finished).toHaveLength(3);
  });

  it("have the worker for themselves after three deaths", async () => {
    const engine = new FakeEngine(["deadly"]);
    engine.crashes["deadly"] = 3;
    const gate = Promise.withResolvers<void>();
    const worker = workerOf(engine, async (claimed) => {
      if (claimed.stepKey === "deadly") await gate.promise;
      return report(claimed);
    });
    const working = worker.work();
    await vi.waitFor(() => expect(engine.begun).toEqual(["deadly"]));
    engine.ready.push("next");
    await worker.work();
    await new Promise((done) => setTimeout(done, 20));
    expect(engine.leased).toEqual(new Set(["deadly"]));
    gate.resolve();
    expect((await working).claimed).toBe(2);
  });
});
