// The worker: executes ready steps until none is left. Woken by the database, poked by the host, by pg_cron, or by itself when its time is up.
import { nodeOf } from "../../src/nodes/registry.gen.ts";
import { createCapabilities, createCheckMeans } from "../_shared/capabilities/capabilities.ts";
import { Drive } from "../_shared/drive.ts";
import { openEngine } from "../_shared/engine.ts";
import { hearWakes, sessionConnector } from "../_shared/worker-connections.ts";
import { env, needEnv, wallMs } from "../_shared/env.ts";
import { executeStep, type StepWorld } from "../_shared/execute-step.ts";
import { sweepWithFiles } from "../_shared/file-removal.ts";
import { withTriggers } from "../_shared/fire-triggers.ts";
import { openInstallation } from "../_shared/installation.ts";
import { endpoint, HttpError } from "../_shared/responses.ts";
import { equalSecrets } from "../_shared/secrets.ts";
import { executeAhead } from "../_shared/run-ahead.ts";
import { openTriggerEngine } from "../_shared/trigger-engine.ts";
import { type Shift, Worker } from "../_shared/worker.ts";
import { WorkerSession } from "../_shared/worker-session.ts";

/** In a process that stays up the worker wakes by itself; it is asked only in case it slept through something. */
const drive = env().RUNBOARD_WORKER_LISTENS === "1" ? new Drive(work) : undefined;
const name = `edge-${crypto.randomUUID()}`;
let worker: Worker | undefined;
let hearing: Promise<void> | undefined;

async function work(): Promise<Shift> {
  if (drive)
    hearing ??= hearWakes(needEnv("RUNBOARD_ENGINE_DB_URL"), name, () => drive.wake()).catch(
      (error: unknown) => {
        hearing = undefined;
        throw error;
      },
    );
  await hearing;
  return await openWorker().work();
}

function openWorker(): Worker {
  if (worker) return worker;
  const engine = openEngine();
  const installation = openInstallation();
  const world: StepWorld = {
    nodeOf,
    blobs: installation.blobs,
    markStarted: (step) => engine.markStarted(step),
    reserveBudget: (step, wanted) => engine.reserveBudget(step, wanted),
    capabilities: (context) => createCapabilities(context, installation),
    checkMeans: (context, check) => createCheckMeans(context, check, installation),
  };
  const {
    RUNBOARD_LEASE_MS: leaseMs,
    RUNBOARD_WORKER_CONCURRENCY: concurrency,
    RUNBOARD_DATABASE_CORES: databaseCores = null,
  } = env();
  const hears = drive !== undefined;
  const connect = sessionConnector(needEnv("RUNBOARD_ENGINE_DB_URL"), {
    name,
    leaseMs,
    hears,
    slots: concurrency,
    databaseCores,
  });
  worker = new Worker(
    withTriggers(
      { ...engine, sweep: sweepWithFiles(engine, installation.blobs) },
      openTriggerEngine(),
      installation.blobs,
    ),
    (step, hold) =>
      executeAhead(
        step,
        (one, held) => executeStep(one, world, held),
        hold,
        (split, total, ahead) => engine.recordAhead(name, split, total, ahead),
      ),
    { name, leaseMs, concurrency, wallMs: wallMs() },
    connect && new WorkerSession(connect),
  );
  return worker;
}

/** Asks for another invocation without waiting for its answer; a lost call is made good by the next poke. */
function invokeAgain(secret: string): void {
  const url = `${needEnv("SUPABASE_URL")}/functions/v1/run-steps`;
  const again = fetch(url, {
    method: "POST",
    headers: { "x-runboard-worker": secret },
    signal: AbortSignal.timeout(2_000),
  });
  again.then((response) => response.body?.cancel()).catch(() => undefined);
}

Deno.serve(
  endpoint(async (request) => {
    const secret = needEnv("RUNBOARD_WORKER_SECRET");
    if (!equalSecrets(request.headers.get("x-runboard-worker") ?? "", secret)) {
      throw new HttpError(
        401,
        "not_a_worker",
        "This function is called by the installation itself.",
        "Start a run instead; it is picked up at once.",
      );
    }
    if (drive) {
      drive.wake();
      return { claimed: 0 };
    }
    const shift = await work();
    if (shift.more === true) invokeAgain(secret);
    return shift;
  }),
);

drive?.wake();
