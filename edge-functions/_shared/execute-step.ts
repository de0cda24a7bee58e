// Runs one claimed step to its outcome: inputs, node, output, checks.
import {
  isParked,
  isRouted,
  type Capabilities,
  type Parked,
  type Routed,
} from "../../src/core/capabilities.ts";
import { Binding } from "../../src/core/binding.ts";
import { resolveBinding } from "../../src/core/expression.ts";
import { StepError } from "../../src/core/failure.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Node } from "../../src/core/node.ts";
import { KeptChecks, type ClaimedStep, type StepReport } from "../../src/core/worker.ts";
import { AttemptRecord } from "./attempt-record.ts";
import { affordNext, type Estimate } from "./budget.ts";
import type { BlobStore } from "./blob-store.ts";
import { checkPorts, isPortsVerifier } from "./check-output.ts";
import type { CheckMeans } from "./checks/check.ts";
import { checksReachOutside, runChecks } from "./checks/run-checks.ts";
import { crashPoint } from "./crash-points.ts";
import type { Reserved, Spending } from "./engine.ts";
import { endTurn } from "./end-turn.ts";
import { PutOff } from "./put-off.ts";
import {
  asObject,
  finishedReport,
  stoppedReport,
  type Outcome,
  type Progress,
  type Standing,
} from "./step-report.ts";
import { checkInputs, isWanted, resolveInputs, withoutAbsent } from "./step-inputs.ts";
import { Stopped, untilStopped } from "./stop.ts";
import { fromStored, requireShallow } from "./stored.ts";

/** Timers beyond this fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What the worker holds on this attempt. */
export interface Hold {
  /** Aborted with a {@link Stopped} when the attempt is to end early. */
  signal: AbortSignal;
  /** False once the lease is no longer surely ours: nothing new is started then. */
  mayStart(): boolean | Promise<boolean>;
}

/** What a step runs with; tests bring their own. */
export interface StepWorld {
  nodeOf(kind: string): Node | undefined;
  blobs: BlobStore;
  /** Commits the start marker; false when the attempt is no longer ours. */
  markStarted(step: ClaimedStep): Promise<boolean>;
  reserveBudget(step: ClaimedStep, wanted: Spending): Promise<Reserved>;
  capabilities(context: CapabilityContext): Capabilities;
  /** What the check of that name reaches the outside with; its calls have keys of their own. */
  checkMeans(context: CapabilityContext, check: string): CheckMeans;
}

export interface CapabilityContext {
  step: ClaimedStep;
  scope: JsonObject;
  record: AttemptRecord;
  /** Aborted by the time limit and by whatever aborts the attempt. */
  signal: AbortSignal;
  /** @throws Stopped when nothing may be started any more; see `Outside.mayStart` */
  mayStart(changes: boolean): Promise<void>;
  /** @throws OverBudget, or StepError `budget` once an effect that must not repeat was started; see `Outside.afford` */
  afford(next: Estimate): Promise<void>;
  /** True once an effect that must not repeat was started: from then on nothing is put off any more. */
  hasBegun(): boolean;
}

/** The report of the attempt, or undefined when it is not ours to report. Never throws for what a step may do. */
export async function executeStep(
  step: ClaimedStep,
  world: StepWorld,
  hold: Hold,
): Promise<StepReport | undefined> {
  const record = new AttemptRecord();
  const progress: Progress = { scope: step.scope, marked: false, proofs: [] };
  // By hand: AbortSignal.any costs a third of a step that does nothing.
  const ending = new AbortController();
  const { signal } = ending;
  const stop = () => ending.abort(hold.signal.reason);
  if (hold.signal.aborted) stop();
  else hold.signal.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(
    () => ending.abort(timeoutError(step.timeoutMs)),
    Math.min(step.timeoutMs, LONGEST_TIMER_MS),
  );
  let outcome: Outcome;
  try {
    outcome = await runStep(step, world, hold, {
      record,
      progress,
      signal,
      workDone: () => clearTimeout(timer),
    });
  } catch (error) {
    outcome = { outcome: "failed", error: signal.aborted ? signal.reason : error };
  } finally {
    clearTimeout(timer);
    hold.signal.removeEventListener("abort", stop);
  }
  if (outcome.outcome === "failed" && outcome.error instanceof PutOff)
    outcome = { outcome: "parked", park: outcome.error.park, ...progress.standing };
  if (outcome.outcome === "failed" && outcome.error instanceof Stopped) {
    return await stoppedReport(step, outcome.error, world.blobs, record, progress);
  }
  return await finishedReport(step, outcome, world.blobs, record, progress);
}

interface Running {
  record: AttemptRecord;
  progress: Progress;
  signal: AbortSignal;
  /** The time limit is the work's: checks have their own. */
  workDone(): void;
}

async function runStep(step: ClaimedStep, world: StepWorld, hold: Hold, running: Running): Promise<Outcome> {
  const { record, progress, signal } = running;
  const scope = await fromStored(step.scope, step.workspaceId, world.blobs);
  progress.scope = scope;
  if (step.keptOutput !== undefined && step.keptOutput !== null) {
    running.workDone();
    const { kept } = await fromStored({ kept: step.keptOutput }, step.workspaceId, world.blobs);
    const work = { output: asObject(kept ?? null), kept: KeptChecks.parse(step.keptChecks ?? {}) };
    return await verified(step, work, world, hold, running);
  }
  if (!isWanted(step, scope)) return { outcome: "skipped" };
  if (step.role === "item") {
    const binding = Binding.parse(step.config.result);
    return { outcome: "succeeded", output: { value: resolveBinding(binding, scope) } };
  }
  if (step.role === "turn") return endTurn(step, scope);
  const node = world.nodeOf(step.kind);
  if (!node) throw unknownKind(step);
  const inputs = withoutAbsent(node, step, resolveInputs(step, scope));
  requireShallow(inputs);
  progress.inputs = inputs;
  checkInputs(node, inputs);
  const mayStart = async (changes: boolean) => {
    signal.throwIfAborted();
    if (!(await hold.mayStart())) throw new Stopped("lost");
    if (changes && step.effect === "at_most_once" && !progress.marked) {
      crashPoint("before_start_marker", step.stepKey);
      if (!(await world.markStarted(step))) throw new Stopped("lost");
      progress.marked = true;
      crashPoint("after_start_marker", step.stepKey);
    }
    crashPoint("before_effect", step.stepKey);
  };
  const afford = async (next: Estimate) => affordNext(step, world, { record, progress, signal }, next);
  if (step.budgeted?.includes("activeMs") === true) await afford({ calls: 0 });
  const hasBegun = () => progress.marked;
  const can = world.capabilities({ step, scope, record, signal, mayStart, afford, hasBegun });
  const result = await untilStopped(
    node.execute({ config: step.config, input: inputs, can, signal }),
    signal,
  );
  crashPoint("after_effect", step.stepKey);
  running.workDone();
  return await settle(step, node, result, world, hold, running);
}

async function settle(
  step: ClaimedStep,
  node: Node,
  result: JsonObject | Parked | Routed,
  world: StepWorld,
  hold: Hold,
  running: Running,
): Promise<Outcome> {
  if (isParked(result)) return { outcome: "parked", park: result.$park };
  const routed = isRouted(result);
  const output = routed ? result.output : result;
  requireShallow(output);
  const wholeNode = step.role === undefined || step.role === null || step.role === "rollback";
  if (wholeNode && !routed) checkStaticOutputs(node, output);
  // Where the ports are verified, an output that does not fit is kept beside the finding.
  if (wholeNode && !step.verifiers.some(isPortsVerifier)) checkPorts(output, step.outputs);
  const port = routed ? { port: result.$port } : {};
  if (step.verifiers.length === 0) return { outcome: "succeeded", output, ...port };
  const work = { output, kept: KeptChecks.parse(port) };
  // What must not be repeated is kept before anything is asked that may take long or bring the attempt down.
  if (running.progress.marked && checksReachOutside(step)) return { outcome: "handed_over", ...work };
  return await verified(step, work, world, hold, running);
}

function checkStaticOutputs(node: Node, output: JsonObject): void {
  const missing = Object.keys(node.outputs.shape).filter(
    (port) => !(port in output) && !node.outputs.shape[port]?.safeParse(undefined).success,
  );
  if (missing.length === 0) return;
  throw new StepError("validation", "output_invalid", `The node did not give its output "${missing[0]}".`, {
    hint: "Correct the node, or what it calls.",
  });
}

/** Checks work that stands: whatever comes of it, only the checks are repeated. */
async function verified(
  step: ClaimedStep,
  work: Standing,
  world: StepWorld,
  hold: Hold,
  { record, progress }: Running,
): Promise<Outcome> {
  progress.standing = work;
  const { output, kept } = work;
  const { scope } = progress;
  const mayStart = async () => {
    if (!(await hold.mayStart())) throw new Stopped("lost");
  };
  // Nothing a check does must not repeat, so one that is over budget waits with the work kept.
  const afford = (next: Estimate) =>
    affordNext(step, world, { record, progress: { marked: false }, signal: hold.signal }, next);
  const checked = await runChecks(step, output, scope, kept, {
    signal: hold.signal,
    means: ({ name }, signal) =>
      world.checkMeans({ step, scope, record, signal, mayStart, afford, hasBegun: () => false }, name),
    onProof: (proof) => progress.proofs.push(proof),
  });
  if (checked.is === "passed")
    return { outcome: "succeeded", output, ...(kept.port === undefined ? {} : { port: kept.port }) };
  if (checked.is === "parked") return { outcome: "parked", park: checked.park, output, kept };
  const { error } = checked;
  if (checked.is === "failed" && !checked.workStands) return { outcome: "failed", error, output };
  return { outcome: "failed", error, output, kept: withoutErrors(kept) };
}

/** A check that went wrong by itself is made again when the step is retried. */
function withoutErrors(kept: KeptChecks): KeptChecks {
  return { ...kept, done: kept.done.filter(({ verdict, required }) => verdict !== "error" || !required) };
}

function timeoutError(timeoutMs: number): StepError {
  return new StepError(
    "timeout",
    "timeout",
    `The step did not finish within its time limit of ${timeoutMs / 1_000} s.`,
    {
      hint: "It is retried. Raise the time limit if the work really takes longer.",
    },
  );
}

function unknownKind(step: ClaimedStep): StepError {
  return new StepError(
    "permanent",
    "kind_unknown",
    `This worker does not know nodes of kind "${step.kind}".`,
    {
      hint: "Start a worker of the version that published this workflow.",
    },
  );
}
