import { describe, expect, it, vi } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { ClaimedStep, StepReport } from "../../src/core/worker.ts";
import { executeAhead, type RecordAhead } from "./run-ahead.ts";
import { claimed, hold, next, recorded, scripted } from "./ahead-scene.ts";

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
