import { describe, expect, it } from "vitest";
import { StepError } from "../../src/core/failure.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { Stopped } from "./stop.ts";
import { claimed, type Run, Scene } from "./step-scene.ts";

describe("an attempt that is stopped", () => {
  const waits: Run = () => new Promise(() => undefined);

  it("is cancelled, handed over, or not reported at all when the lease is lost", async () => {
    const outcomes = [];
    for (const reason of ["cancelled", "handed_over", "lost"] as const) {
      const stop = new AbortController();
      const ending = new Scene(waits).run(claimed(), { signal: stop.signal });
      stop.abort(new Stopped(reason));
      outcomes.push((await ending)?.outcome);
    }
    expect(outcomes).toEqual(["cancelled", "handed_over", undefined]);
  });

  it("starts no effect once the lease is not surely its own", async () => {
    const scene: Scene = new Scene(async () => {
      await scene.context.mayStart(true);
      return { value: 1 };
    });
    expect(await scene.run(claimed(), { mayStart: () => false })).toBeUndefined();
  });
});

describe("an effect that must not repeat", () => {
  const effect = "at_most_once";
  const then = (end: () => never | JsonObject): Scene => {
    const scene: Scene = new Scene(async () => {
      await scene.context.mayStart(true);
      await scene.context.mayStart(true);
      return end();
    });
    return scene;
  };

  it("commits one start marker before the first call", async () => {
    const scene = then(() => ({ value: 1 }));
    expect((await scene.run(claimed({ effect })))?.outcome).toBe("succeeded");
    expect(scene.marked).toEqual(["fetch"]);
  });

  it("does not run when the marker is refused", async () => {
    const scene = then(() => ({ value: 1 }));
    scene.held = false;
    expect(await scene.run(claimed({ effect }))).toBeUndefined();
  });

  it("asks a person when the outcome is unclear, and not when the refusal is clear", async () => {
    const reset = then(() => {
      throw new StepError("transient", "network", "reset", { detail: { reason: "reset" } });
    });
    const refused = then(() => {
      throw new StepError("transient", "network", "refused", { detail: { reason: "refused" } });
    });
    const rejected = then(() => {
      throw new StepError("permanent", "http_4xx", "no");
    });
    const waiting = await Promise.all(
      [reset, refused, rejected].map((scene) => scene.run(claimed({ effect }))),
    );
    expect(waiting.map((report) => report?.waitingFor)).toEqual([
      { kind: "reconcile" },
      undefined,
      undefined,
    ]);
  });

  it("is unclear when it is cancelled in the middle", async () => {
    const stop = new AbortController();
    const scene: Scene = new Scene(async () => {
      await scene.context.mayStart(true);
      stop.abort(new Stopped("cancelled"));
      return await new Promise(() => undefined);
    });
    const report = await scene.run(claimed({ effect }), { signal: stop.signal });
    expect(report).toMatchObject({
      outcome: "cancelled",
      error: { code: "outcome_unknown" },
      waitingFor: { kind: "reconcile" },
    });
  });
});

describe("a step of a run with budgets", () => {
  it("reserves what it has used and what its next call may use", async () => {
    const scene = new Scene(async () => {
      await scene.context.afford({ calls: 1, tokens: 100, costUsd: 0.5 });
      await scene.context.record.log.run({ kind: "llm", host: "m" }, (notes) => {
        notes.llm = { provider: "p", model: "m", tokensIn: 30, tokensOut: 10, costUsd: 0.1 };
        return Promise.resolve();
      });
      await scene.context.afford({ calls: 1, tokens: 200, costUsd: 0.5 });
      return { value: 1 };
    });
    await scene.run(claimed({ budgeted: ["costUsd", "tokens"] }));
    expect(scene.reserved).toEqual([
      { tokens: 100, costUsd: 0.5, calls: 1 },
      { tokens: 240, costUsd: 0.6, calls: 2 },
    ]);
  });

  it("parks when the budget does not cover the call, with what it has done so far", async () => {
    const scene = new Scene(async () => {
      await scene.context.record.log.run({ kind: "http", host: "h" }, () => Promise.resolve());
      await scene.context.afford({ calls: 1 });
      return { value: 1 };
    });
    scene.answer = { granted: false, budget: "calls", amount: 1 };
    const report = await scene.run(claimed({ budgeted: ["calls"] }));
    expect(report).toMatchObject({ outcome: "parked", park: { for: "budget", budget: "calls", amount: 1 } });
    expect(report?.calls).toHaveLength(1);
  });

  it("fails instead of parking once an effect that must not repeat was begun", async () => {
    const scene = new Scene(async () => {
      await scene.context.mayStart(true);
      await scene.context.afford({ calls: 1 });
      return { value: 1 };
    });
    scene.answer = { granted: false, budget: "calls", amount: 1 };
    const report = await scene.run(claimed({ budgeted: ["calls"], effect: "at_most_once" }));
    expect(report).toMatchObject({ outcome: "failed", error: { class: "budget", code: "budget_exhausted" } });
    expect(report?.waitingFor).toBeUndefined();
  });

  it("asks nobody when the run has no budget, or none that the call spends of", async () => {
    const scene = new Scene(async () => {
      await scene.context.afford({ calls: 1 });
      return { value: 1 };
    });
    await scene.run(claimed());
    await scene.run(claimed({ budgeted: ["tokens"] }));
    expect(scene.reserved).toEqual([]);
  });
});
