// Goes on with the pure steps that follow a claimed one, so that a row of them costs one trip to the database and not one each.
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { AheadReport, AheadStep, ClaimedStep, StepReport } from "../../src/core/worker.ts";
import type { Hold } from "./execute-step.ts";

type Execute = (step: ClaimedStep, hold: Hold) => Promise<StepReport | undefined>;

/** The outcome of the claimed step waits for those after it no longer than this. */
const LONGEST_MS = 50;

/**
 * Executes a claimed step and, as long as each succeeds without anything to tell but its output, the steps at its `following`.
 * They change nothing outside, so one that did not succeed is simply not mentioned: it is claimed and executed again.
 * @returns the report of the claimed step, with the others under `ahead`
 */
export async function executeAhead(
  step: ClaimedStep,
  execute: Execute,
  hold: Hold,
): Promise<StepReport | undefined> {
  const began = performance.now();
  const report = await execute(step, hold);
  if (report === undefined || !step.following || !isPlain(report)) return report;
  const outputs = new Map([[step.stepKey, report.output ?? null]]);
  const ahead: AheadReport[] = [];
  let { port } = report;
  for (const next of step.following) {
    if (performance.now() - began > LONGEST_MS || hold.signal.aborted) break;
    if (next.after !== undefined && next.after !== null && next.after !== port) break;
    const done = await execute(claimedAs(next, step, outputs), hold);
    if (done === undefined || !isPlain(done)) break;
    const { stepKey, output, inputs, logs, activeMs } = done;
    port = done.port;
    outputs.set(stepKey, output ?? null);
    ahead.push({
      stepKey,
      logs,
      activeMs,
      ...(output === undefined ? {} : { output }),
      ...(port === undefined ? {} : { port }),
      ...(inputs === undefined ? {} : { inputs }),
    });
  }
  return ahead.length === 0 ? report : { ...report, ahead };
}

/** It succeeded, and there is nothing to keep of it beyond output, inputs and logs. */
function isPlain({
  outcome,
  error,
  checks,
  outputIsFallback,
  calls,
  proofs,
  artifacts,
}: StepReport): boolean {
  return (
    outcome === "succeeded" &&
    error === undefined &&
    checks === undefined &&
    outputIsFallback !== true &&
    calls.length + proofs.length + artifacts.length === 0
  );
}

function claimedAs(next: AheadStep, first: ClaimedStep, outputs: ReadonlyMap<string, Json>): ClaimedStep {
  const { after: _after, reads, scope, ...plan } = next;
  const { runId, workspaceId, itemPath, leaseUntil, keyRun, planHash, mode } = first;
  return {
    ...plan,
    runId,
    workspaceId,
    itemPath,
    leaseUntil,
    keyRun,
    planHash,
    mode,
    attempt: 1,
    tries: 1,
    scope:
      reads.length === 0
        ? scope
        : { ...scope, steps: { ...asObject(scope.steps), ...readFrom(reads, outputs) } },
  };
}

/** The `steps` root as the engine would give it: ports that a step left out are absent, and an output stored as one file is whole. */
function readFrom(reads: AheadStep["reads"], outputs: ReadonlyMap<string, Json>): JsonObject {
  const steps: Record<string, Record<string, Json>> = {};
  for (const { step, part, port } of reads) {
    const output = outputs.get(step) ?? null;
    const known = (steps[step] ??= {});
    if (part === null || part === "status") known.status = "succeeded";
    if (part === null || part === "error") known.error = null;
    if (part !== null && part !== "output") continue;
    const ports = asObject(output);
    if (port === null || "$blob" in ports) known.output = output;
    else if (port in ports) known.output = { ...asObject(known.output), [port]: ports[port] ?? null };
    else known.output ??= {};
  }
  return steps;
}

function asObject(value: Json | undefined): JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}
