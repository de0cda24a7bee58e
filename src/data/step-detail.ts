// Everything kept about one step of a run: its attempts, what they read and called, what they made and proved.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { z } from "zod";
import { RunError } from "../core/failure.ts";
import { Json } from "../core/json.ts";
import { Artifact, Call, Proof } from "../core/run.ts";
import { client } from "./client.ts";
import { filledRow, readRow, readRows, rowOf } from "./request.ts";
import { AttemptRow, LogLine } from "./run-rows.ts";

const AttemptPayloads = z.object({
  n: z.int(),
  inputs: Json.nullable(),
  calls: z.array(Call).nullable(),
  logs: z.array(LogLine).nullable(),
  /** The parts of the attempt's error that quote what the other side said. */
  errorDetail: RunError.pick({ snippet: true, detail: true }).nullable(),
});

export interface AttemptDetail extends AttemptRow {
  inputs: Json | undefined;
  calls: Call[];
  logs: LogLine[];
}

/** `inputs`, `calls` and `logs` are the newest attempt's; the payload parts are empty without the right to see them. */
export interface StepDetail {
  attempts: AttemptDetail[];
  inputs: Json | undefined;
  output: Json | undefined;
  calls: Call[];
  logs: LogLine[];
  proofs: Proof[];
  artifacts: Artifact[];
}

/** @throws DataError */
export async function loadStepDetail(
  runId: string,
  stepKey: string,
  itemPath: readonly number[],
): Promise<StepDetail> {
  // Postgres writes an array as {1,2}. The embedded REST layer reads `{}` as JSON and fails, and only the empty array is below {0}.
  const of = (table: string, columns: string) => {
    const query = client().from(table).select(columns).eq("run_id", runId).eq("step_key", stepKey);
    return itemPath.length === 0
      ? query.lt("item_path", "{0}")
      : query.eq("item_path", `{${itemPath.join(",")}}`);
  };
  const [attempts, payloads, output, proofs, artifacts] = await Promise.all([
    readRows(
      AttemptRow,
      "attempts",
      of("attempts", "n, worker, started_at, finished_at, queued_ms, outcome, error, active_ms").order("n"),
    ),
    readRows(
      AttemptPayloads,
      "attempt payloads",
      of("attempt_payloads", "n, inputs, calls, logs, error_detail").order("n"),
    ),
    readRow(
      z.object({ output: Json.nullable() }),
      "the step's output",
      of("step_payloads", "output").maybeSingle(),
    ),
    readRows(rowOf(Proof), "proofs", of("proofs", "*").order("n"), filledRow),
    readRows(rowOf(Artifact), "artifacts", of("artifacts", "*").order("created_at"), filledRow),
  ]);
  const known = new Map(payloads.map((row) => [row.n, row]));
  const detailed = attempts.map((attempt) => {
    const payload = known.get(attempt.n);
    return {
      ...attempt,
      error: attempt.error && { ...attempt.error, ...payload?.errorDetail },
      inputs: payload?.inputs ?? undefined,
      calls: payload?.calls ?? [],
      logs: payload?.logs ?? [],
    };
  });
  const newest = detailed.at(-1);
  return {
    attempts: detailed,
    inputs: newest?.inputs,
    output: output === null ? undefined : output.output,
    calls: newest?.calls ?? [],
    logs: newest?.logs ?? [],
    proofs,
    artifacts,
  };
}

/**
 * @param mark anything that changes when the step did, e.g. its status and attempt; a new mark reads again
 */
export function stepDetailQuery(runId: string, stepKey: string, itemPath: readonly number[], mark = "") {
  return queryOptions({
    queryKey: ["run", runId, "step", stepKey, itemPath, mark],
    queryFn: () => loadStepDetail(runId, stepKey, itemPath),
    placeholderData: (before: StepDetail | undefined, query) =>
      // Keeps the old picture while the same step is read again, never another step's.
      query?.queryKey[3] === stepKey ? before : undefined,
  });
}

export function useStepDetail(runId: string, stepKey: string, itemPath: readonly number[], mark = "") {
  return useQuery(stepDetailQuery(runId, stepKey, itemPath, mark));
}
