// A worker like the real one whose connection to the database can be swallowed while everything else is reached.
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { parseAllowList } from "../../edge-functions/_shared/addresses.ts";
import { Breakers } from "../../edge-functions/_shared/breakers.ts";
import {
  createCapabilities,
  createCheckMeans,
} from "../../edge-functions/_shared/capabilities/capabilities.ts";
import { Egress } from "../../edge-functions/_shared/egress.ts";
import { connectEngine, createEngine } from "../../edge-functions/_shared/engine.ts";
import { sessionConnector } from "../../edge-functions/_shared/worker-connections.ts";
import { executeStep, type Hold, type StepWorld } from "../../edge-functions/_shared/execute-step.ts";
import { Worker } from "../../edge-functions/_shared/worker.ts";
import { WorkerSession } from "../../edge-functions/_shared/worker-session.ts";
import { defineNode } from "../../src/core/node.ts";
import { startFaultProxy, type FaultProxy } from "./fault-proxy.ts";
import type { Random } from "./random.ts";
import type { CutOffOptions } from "./cut-off.ts";

/**
 * Effects per step, ten in a lease: a step outlives its lease, so a cut nearly always meets it between two of them. Leases of fifteen seconds leave it
 * within the time limit of an attempt.
 */
export const EFFECTS = 16;
export const EFFECTS_PER_LEASE = 10;

/** A worker whose way to the database can be swallowed. */
export interface CrewMember {
  readonly name: string;
  readonly proxy: FaultProxy;
  work(signal: AbortSignal): Promise<void>;
  once(): Promise<unknown>;
  close(): Promise<void>;
}

export async function openWorker(
  name: string,
  keepsSession: boolean,
  sinkUrl: string,
  { engineUrl, leaseMs, fenced = true }: CutOffOptions,
  random: Random,
): Promise<CrewMember> {
  const draws = random.fork(`proxy ${name}`);
  const proxy = await startFaultProxy(
    () => Number(new URL(engineUrl).port),
    () => draws.next(),
  );
  const through = new URL(engineUrl);
  through.hostname = "127.0.0.1";
  through.port = String(proxy.port);
  const pool = connectEngine(through.href, 4);
  const engine = createEngine(pool);
  const egress = new Egress({ allow: parseAllowList("127.0.0.1") });
  const { getConnection, queryRows } = engine;
  const blobs = {
    put: () => Promise.resolve(),
    get: () => Promise.reject(new Error("no files")),
    remove: () => Promise.resolve(),
  };
  // Without its breaker: asking for those that are open waits for the database, and holds the calls back that only the fence may hold back.
  const breakers = new Breakers(engine, [new URL(sinkUrl).host, new URL(sinkUrl).hostname]);
  const installation = { egress, blobs, breakers, vaultKey: () => "", getConnection, queryRows };
  const world: StepWorld = {
    nodeOf: () => undefined,
    blobs,
    markStarted: (claimed) => engine.markStarted(claimed),
    reserveBudget: (claimed, wanted) => engine.reserveBudget(claimed, wanted),
    capabilities: (context) => createCapabilities(context, installation),
    checkMeans: (context, check) => createCheckMeans(context, check, installation),
  };
  const unfenced: Hold = { signal: new AbortController().signal, mayStart: () => true };
  const connect = keepsSession ? sessionConnector(through.href, { name, leaseMs }) : undefined;
  const session = connect && new WorkerSession(connect);
  const worker = new Worker(
    engine,
    (claimed, hold) => {
      const kind = callAgainAndAgain(sinkUrl, { worker: name, attempt: claimed.attempt }, leaseMs);
      return executeStep(claimed, { ...world, nodeOf: () => kind }, fenced ? hold : unfenced);
    },
    { name, leaseMs, concurrency: 6, wallMs: 0 },
    session,
  );
  const once = (): Promise<unknown> => worker.work().catch(() => undefined);
  return {
    name,
    proxy,
    once,
    async work(signal) {
      while (!signal.aborted) {
        await once();
        await sleep(30);
      }
    },
    async close() {
      await session?.close();
      await pool.end({ timeout: 1 });
      await egress.close();
      await proxy.close();
    },
  };
}

/** A step that goes on calling for longer than its lease lasts. */
function callAgainAndAgain(url: string, who: { worker: string; attempt: number }, leaseMs: number) {
  return defineNode({
    kind: "transform",
    title: "Work",
    summary: "Calls again and again.",
    icon: "globe",
    category: "tool",
    config: z.looseObject({}),
    inputs: {},
    outputs: {},
    form: {},
    effect: "idempotent",
    sample: { config: {}, inputs: {} },
    async run({ can }) {
      for (let effect = 1; effect <= EFFECTS; effect += 1) {
        const headers = {
          "x-worker": who.worker,
          "x-attempt": String(who.attempt),
          "x-run": can.run.id,
          "x-effect": String(effect),
        };
        await can.http({ method: "POST", url, headers, redirects: 0 });
        await sleep(leaseMs / EFFECTS_PER_LEASE);
      }
      return {};
    },
  });
}
