import { describe, expect, it } from "vitest";
import type { OperationRow } from "../data/operations.ts";
import { noFilters } from "./board-filters.ts";
import { chosenRuns, filteredRuns } from "./bulk-filter.ts";
import type { CardRun } from "./card.ts";
import { operationWords } from "./OperationCard.tsx";
import { readEdited } from "./RetryInput.tsx";

const runs = [{ id: "r1" }, { id: "r2" }] as CardRun[];
const titleOf = () => "Nightly sync";

describe("the runs a verb on many is about", () => {
  it("are asked of the server by status and workflow, also those not loaded", () => {
    expect(filteredRuns({ ...noFilters, status: ["failed"], workflow: "w1" }, runs, titleOf)).toEqual({
      filter: { status: ["failed"], workflow: "w1" },
      words: "Failed runs of Nightly sync",
    });
  });

  it("are those in sight when words are searched for", () => {
    expect(filteredRuns({ ...noFilters, text: "invoice" }, runs, titleOf)).toEqual({
      filter: { ids: ["r1", "r2"] },
      words: "2 runs in sight",
    });
  });

  it("are none without a filter, and the chosen ones when some are chosen", () => {
    expect(filteredRuns(noFilters, runs, titleOf)).toBeNull();
    expect(chosenRuns(runs.slice(1))).toEqual({ filter: { ids: ["r2"] }, words: "1 chosen run" });
  });
});

describe("an operation", () => {
  const operation: OperationRow = {
    id: "o",
    verb: "retry",
    status: "running",
    reason: null,
    canary: [1, 3, 60],
    stage: 2,
    total: 60,
    done: 1,
    setAside: 0,
    failed: 0,
    createdBy: "u",
    createdAt: "2026-01-01T00:00:00.000Z",
  };

  it("says how far it is and in which stage", () => {
    expect(operationWords(operation)).toBe("Retrying 1 of 60 runs, then 5 %");
    expect(operationWords({ ...operation, canary: null })).toBe("Retrying 1 of 60 runs");
  });

  it("says how it ended", () => {
    expect(operationWords({ ...operation, status: "done", done: 60 })).toBe("Retried 60 of 60 runs");
    expect(operationWords({ ...operation, status: "stopped" })).toBe("Retried 1 of 60 runs, then stopped");
  });
});

describe("an edited input", () => {
  it("is the same, an object, or not one yet", () => {
    expect(readEdited(null, "{}")).toEqual({ kind: "same" });
    expect(readEdited('{"a": 1}', "{}")).toEqual({ kind: "edited", value: { a: 1 } });
    expect(readEdited("[1]", "{}")).toEqual({
      kind: "wrong",
      why: "This must be a JSON object: put it in { }.",
    });
    expect(readEdited("{", "{}")).toMatchObject({ kind: "wrong" });
  });
});
