import { describe, expect, it, vi } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { type AheadStep, ClaimedStep, StepReport } from "../../src/core/worker.ts";
import { executeAhead, type RecordAhead } from "./run-ahead.ts";

const runId = "22222222-2222-4222-8222-222222222222";
const recorded = async () => true;
const hold = { signal: new AbortController().signal, mayStart: () => true };

function claimed(following: AheadStep[], followingScopes: JsonObject[] = []): ClaimedStep {
  const { reads: _reads, ...planned } = next("first");
  return ClaimedStep.parse({
    ...planned,
    scope: {},
    followingScopes,
    runId,
    workspaceId: runId,
    itemPath: [3],
    attempt: 2,
    tries: 1,
    leaseUntil: "2026-01-01T00:00:00Z",
    keyRun: runId,
    planHash: "a".repeat(64),
    mode: "live",
    following,
  });
}

function next(stepKey: string, more: Partial<AheadStep> = {}): AheadStep {
  return {
    stepKey,
    kind: "transform",
    kindVersion: 1,
    title: stepKey,
    config: {},
    inputs: {},
    onFailure: "fail_run",
    outputs: {},
    verifiers: [],
    connections: [],
    tools: [],
    effect: "pure",
    timeoutMs: 1_000,
    reads: [],
    ...more,
  };
}

/** Executes by script; `asked` are the steps as they came. */
function scripted(says: Record<string, Partial<StepReport> | undefined>) {
  const asked: ClaimedStep[] = [];
  const execute = async (step: ClaimedStep) => {
    asked.push(step);
    const { stepKey, itemPath, attempt } = step;
    if (stepKey in says && says[stepKey] === undefined) return undefined;
    return StepReport.parse({
      runId,
      stepKey,
      itemPath,
      attempt,
      outcome: "succeeded",
      output: { of: stepKey },
      ...says[stepKey],
    });
  };
  return { asked, execute };
}

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

describe("executeAhead of a split", () => {
  const body = [
    next("work"),
    next("each__item", { role: "item", reads: [{ step: "work", part: "output", port: "of" }] }),
  ];
  const scopes = [{ item: null, index: null, input: { id: "x" } }, {}];
  const split = (more: Partial<ClaimedStep> = {}): ClaimedStep => ({
    ...claimed(body, scopes),
    role: "split",
    ...more,
  });
  const over = (...items: JsonObject[]) => ({ first: { output: { items } } });
  const instances = (steps: readonly ClaimedStep[]) =>
    steps.map(({ stepKey, itemPath }) => `${stepKey} ${itemPath.join(" ")}`);

  it("does the body for each item, and reports all of it at once", async () => {
    const { asked, execute } = scripted(over({ name: "a" }, { name: "b" }));
    const report = await executeAhead(split(), execute, hold, recorded);
    expect(instances(asked)).toEqual(["first 3", "work 3 0", "each__item 3 0", "work 3 1", "each__item 3 1"]);
    expect(asked[3]).toMatchObject({
      scope: { item: { name: "b" }, index: 1, input: { id: "x" } },
      attempt: 1,
    });
    expect(asked[4]).toMatchObject({ role: "item", scope: { steps: { work: { output: { of: "work" } } } } });
    expect(report?.ahead).toEqual([
      { stepKey: "work", index: 0, output: { of: "work" } },
      { stepKey: "each__item", index: 0, output: { of: "each__item" } },
      { stepKey: "work", index: 1, output: { of: "work" } },
      { stepKey: "each__item", index: 1, output: { of: "each__item" } },
    ]);
  });

  it("gives a step of the body neither item nor index that does not read them", async () => {
    const { asked, execute } = scripted(over({ name: "a" }));
    await executeAhead(split({ followingScopes: [{ vars: {} }, {}] }), execute, hold, recorded);
    expect(asked[1]?.scope).toEqual({ vars: {} });
  });

  /** Succeeds but for the body's first step at the second item. */
  const failing = (execute: (step: ClaimedStep) => Promise<StepReport>) => async (step: ClaimedStep) => {
    const report = await execute(step);
    return step.itemPath[1] === 1 ? { ...report, outcome: "failed" as const } : report;
  };

  it("stops at the first item that does not simply succeed, because that may fail the map", async () => {
    const { asked, execute } = scripted(over({}, {}, {}));
    const report = await executeAhead(split(), failing(execute), hold, recorded);
    expect(instances(asked)).toEqual(["first 3", "work 3 0", "each__item 3 0", "work 3 1"]);
    expect(report?.ahead?.map(({ index }) => index)).toEqual([0, 0]);
  });

  it("leaves such an item out and goes on where failed items are collected", async () => {
    const { execute } = scripted(over({}, {}, {}));
    const report = await executeAhead(
      split({ config: { onItemFailure: "collect" } }),
      failing(execute),
      hold,
    );
    expect(report?.ahead?.map(({ index }) => index)).toEqual([0, 0, 2, 2]);
  });

  it("stops when the attempt is to end, even where failed items are collected", async () => {
    const stop = new AbortController();
    const { asked, execute } = scripted(over({}, {}, {}));
    const stopping = async (step: ClaimedStep) => {
      if (step.stepKey === "work") stop.abort();
      return execute(step);
    };
    const report = await executeAhead(
      split({ config: { onItemFailure: "collect" } }),
      stopping,
      { ...hold, signal: stop.signal },
      recorded,
    );
    expect(instances(asked)).toEqual(["first 3", "work 3 0"]);
    expect(report).not.toHaveProperty("ahead");
  });

  it("records large bodies in portions on the way, and the rest with the report", async () => {
    const { execute } = scripted(over({}, {}, {}));
    const portions: unknown[] = [];
    const record: RecordAhead = async (claimed, total, ahead) => {
      portions.push([claimed.stepKey, total, ahead.map(({ index }) => index)]);
      return true;
    };
    const report = await executeAhead(split(), execute, hold, record, { steps: 2, chars: 1_000 });
    expect(portions).toEqual([
      ["first", 3, [0, 0]],
      ["first", 3, [1, 1]],
    ]);
    expect(report?.ahead?.map(({ index }) => index)).toEqual([2, 2]);
  });

  it("begins a portion anew after so many characters of outputs", async () => {
    const { execute } = scripted({ ...over({}, {}, {}, {}), work: { output: { text: "x".repeat(400) } } });
    const sizes: number[] = [];
    const record: RecordAhead = async (_, __, ahead) => sizes.push(ahead.length) > 0;
    await executeAhead(split(), execute, hold, record, { steps: 100, chars: 500 });
    expect(sizes).toEqual([4]);
  });

  it.each<[string, RecordAhead]>([
    ["the attempt is not its own any more", async () => false],
    [
      "the portion could not be sent",
      async () => {
        throw new Error("away");
      },
    ],
  ])("goes no further when %s", async (_, record) => {
    vi.spyOn(console, "warn").mockReturnValue(undefined);
    const { asked, execute } = scripted(over({}, {}, {}, {}));
    const report = await executeAhead(split(), execute, hold, record, { steps: 2, chars: 1_000 });
    expect(instances(asked)).not.toContain("work 3 3");
    expect(report?.outcome).toBe("succeeded");
    expect(report).not.toHaveProperty("ahead");
    vi.restoreAllMocks();
  });
});
