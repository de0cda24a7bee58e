// Goes on with the pure steps that follow a claimed one, or with a map's body of them, so that they cost one trip to the database and not
// one each.
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { AheadReport, AheadStep, ClaimedStep, StepReport } from "../../src/core/worker.ts";
import type { Hold } from "./execute-step.ts";

type Execute = (step: ClaimedStep, hold: Hold) => Promise<StepReport | undefined>;

/** The outcome of the claimed step waits for those after it no longer than this. */
const LONGEST_MS = 50;
/** A map's body is recorded in portions of at most so many steps, and outputs of about so many characters. */
const PORTION = { steps: 2_000, chars: 1_000_000 };
/** A body lets other steps, leases and the network have their turn this often. */
const TURN_MS = 10;

/** Records a portion of a map's body while its split is under way; false when the worker is to go no further. */
export type RecordAhead = (
  split: ClaimedStep,
  total: number,
  ahead: readonly AheadReport[],
) => Promise<boolean>;

/**
 * Executes a claimed step and, as long as each succeeds without anything to tell but its output, the steps at its `following`; after a
 * split for each item.
 * They change nothing outside, so one that did not succeed is simply not mentioned: it is claimed and executed again.
 * @returns the report of the claimed step, with the others under `ahead` that were not recorded on the way
 */
export async function executeAhead(
  step: ClaimedStep,
  execute: Execute,
  hold: Hold,
  record: RecordAhead,
  portion = PORTION,
): Promise<StepReport | undefined> {
  const began = performance.now();
  const report = await execute(step, hold);
  if (report === undefined || !isPlain(report)) return report;
  const steps = (step.following ?? []).map((next, n) => ({
    ...next,
    scope: step.followingScopes?.[n] ?? {},
  }));
  const ahead =
    step.role === "split"
      ? await doItems(step, steps, report, { execute, hold, until: Infinity }, { record, ...portion })
      : await goOn(step, steps, new Map([[step.stepKey, report.output ?? null]]), report.port, {
          execute,
          hold,
          until: began + LONGEST_MS,
        });
  return ahead.length === 0 ? report : { ...report, ahead };
}

type Next = AheadStep & { scope: JsonObject };

interface Row {
  execute: Execute;
  hold: Hold;
  /** By performance.now(). */
  until: number;
}

function isOver({ hold, until }: Row): boolean {
  return hold.signal.aborted || performance.now() > until;
}

/** Each item's steps together or not at all; where an item that fails fails the map, none after it. */
async function doItems(
  split: ClaimedStep,
  body: readonly Next[],
  { output }: StepReport,
  row: Row,
  most: { record: RecordAhead; steps: number; chars: number },
): Promise<AheadReport[]> {
  const { items } = asObject(output);
  if (!Array.isArray(items) || body.length === 0) return [];
  let portion: AheadReport[] = [];
  let chars = 0;
  // One portion is recorded while the next is done.
  let recorded = Promise.resolve(true);
  let turnEnds = performance.now() + TURN_MS;
  for (const [index, item] of items.entries()) {
    if (portion.length > 0 && (portion.length + body.length > most.steps || chars > most.chars)) {
      if (!(await recorded)) return [];
      recorded = send(most.record, split, items.length, portion);
      portion = [];
      chars = 0;
    }
    if (performance.now() > turnEnds) {
      await new Promise((done) => setTimeout(done));
      turnEnds = performance.now() + TURN_MS;
    }
    const place = { ...split, itemPath: [...split.itemPath, index] };
    const steps = body.map((step) => ofItem(step, item, index));
    const done = await goOn(place, steps, new Map(), undefined, row);
    if (done.length < body.length) {
      if (split.config.onItemFailure !== "collect" || isOver(row)) break;
      continue;
    }
    for (const one of done) {
      chars += JSON.stringify(one.output ?? null).length;
      portion.push({ ...one, index });
    }
  }
  return (await recorded) ? portion : [];
}

/** What could not be recorded is left to be claimed, like all after it. */
async function send(
  record: RecordAhead,
  split: ClaimedStep,
  total: number,
  portion: readonly AheadReport[],
): Promise<boolean> {
  try {
    return await record(split, total, portion);
  } catch (error) {
    console.warn(
      `A map's items were not recorded: ${error instanceof Error ? error.message : String(error)}`,
    );
    return false;
  }
}

function ofItem(step: Next, item: Json, index: number): Next {
  const scope = { ...step.scope };
  if ("item" in scope) scope.item = item;
  if ("index" in scope) scope.index = index;
  return { ...step, scope };
}

/** @param outputs of the steps before them in the row, by key; those of the row are added */
async function goOn(
  first: ClaimedStep,
  steps: readonly Next[],
  outputs: Map<string, Json>,
  chosen: string | undefined,
  row: Row,
): Promise<AheadReport[]> {
  const ahead: AheadReport[] = [];
  let port = chosen;
  for (const next of steps) {
    if (isOver(row)) break;
    if (next.after !== undefined && next.after !== null && next.after !== port) break;
    const done = await row.execute(claimedAs(next, first, outputs), row.hold);
    if (done === undefined || !isPlain(done)) break;
    const { stepKey, output, inputs, logs, activeMs } = done;
    port = done.port;
    outputs.set(stepKey, output ?? null);
    ahead.push({
      stepKey,
      ...(logs.length === 0 ? {} : { logs }),
      ...(activeMs === 0 ? {} : { activeMs }),
      ...(output === undefined ? {} : { output }),
      ...(port === undefined ? {} : { port }),
      ...(Object.keys(asObject(inputs)).length === 0 ? {} : { inputs: inputs ?? null }),
    });
  }
  return ahead;
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

function claimedAs(next: Next, first: ClaimedStep, outputs: ReadonlyMap<string, Json>): ClaimedStep {
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
