import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { type AheadStep, ClaimedStep, StepReport } from "../../src/core/worker.ts";
import { executeAhead } from "./run-ahead.ts";
import { claimed, hold, next, recorded, runId, scripted } from "./ahead-scene.ts";

// The row's time is the process's, which a busy machine takes away: here it stands still.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("executeAhead", () => {
  it("goes on through the row and reports all of it at once", async () => {
    const { asked, execute } = scripted({});
    const report = await executeAhead(claimed([next("second"), next("third")]), execute, hold, recorded);
    expect(asked.map(({ stepKey }) => stepKey)).toEqual(["first", "second", "third"]);
    expect(report).toMatchObject({ stepKey: "first", attempt: 2, output: { of: "first" } });
    expect(report?.ahead).toEqual([
      { stepKey: "second", output: { of: "second" } },
      { stepKey: "third", output: { of: "third" } },
    ]);
  });

  it("gives each step the claimed one's place, a first attempt, and what it reads of those before", async () => {
    const reads: AheadStep["reads"] = [
      { step: "first", part: "output", port: "of" },
      { step: "first", part: "output", port: "absent" },
      { step: "first", part: "status", port: null },
      { step: "second", part: null, port: null },
    ];
    const outside: JsonObject = { steps: { elsewhere: { output: { n: 1 } } }, input: { id: "x" } };
    const { asked, execute } = scripted({});
    await executeAhead(
      claimed([next("second"), next("third", { reads })], [{}, outside]),
      execute,
      hold,
      recorded,
    );
    expect(asked[2]).toMatchObject({ runId, itemPath: [3], attempt: 1, tries: 1, mode: "live" });
    expect(asked[2]?.scope).toEqual({
      input: { id: "x" },
      steps: {
        elsewhere: { output: { n: 1 } },
        first: { output: { of: "first" }, status: "succeeded" },
        second: { output: { of: "second" }, status: "succeeded", error: null },
      },
    });
  });

  it.each<[string, Partial<StepReport> | undefined]>([
    ["failed", { outcome: "failed" }],
    ["was skipped", { outcome: "skipped" }],
    ["parked", { outcome: "parked" }],
    ["used its fallback", { outputIsFallback: true }],
    ["is not its own to report", undefined],
  ])("leaves a step that %s, and those after it, to be claimed", async (_, said) => {
    const { asked, execute } = scripted({ third: said });
    const report = await executeAhead(
      claimed([next("second"), next("third"), next("fourth")]),
      execute,
      hold,
    );
    expect(asked.map(({ stepKey }) => stepKey)).toEqual(["first", "second", "third"]);
    expect(report?.ahead?.map(({ stepKey }) => stepKey)).toEqual(["second"]);
  });

  it("reports the claimed step alone when that did not simply succeed", async () => {
    const { asked, execute } = scripted({ first: { outcome: "failed" } });
    const report = await executeAhead(claimed([next("second")]), execute, hold, recorded);
    expect(asked).toHaveLength(1);
    expect(report).not.toHaveProperty("ahead");
  });

  it("takes the way the step before chose, and no other", async () => {
    const row = [next("second", { after: "yes" }), next("third")];
    const taken = await executeAhead(
      claimed(row),
      scripted({ first: { port: "yes" } }).execute,
      hold,
      recorded,
    );
    expect(taken?.ahead).toHaveLength(2);
    const other = await executeAhead(
      claimed(row),
      scripted({ first: { port: "no" } }).execute,
      hold,
      recorded,
    );
    expect(other).not.toHaveProperty("ahead");
  });

  it("stops when the attempt is to end", async () => {
    const stop = new AbortController();
    const { asked, execute } = scripted({});
    const stopping = async (step: ClaimedStep) => {
      if (step.stepKey === "second") stop.abort();
      return execute(step);
    };
    const report = await executeAhead(
      claimed([next("second"), next("third")]),
      stopping,
      { ...hold, signal: stop.signal },
      recorded,
    );
    expect(asked).toHaveLength(2);
    expect(report?.ahead).toHaveLength(1);
  });
});
