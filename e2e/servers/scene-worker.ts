// A worker on a scene's engine, with files in memory.
import { parseAllowList } from "../../edge-functions/_shared/addresses.ts";
import {
  createCapabilities,
  createCheckMeans,
} from "../../edge-functions/_shared/capabilities/capabilities.ts";
import { Breakers } from "../../edge-functions/_shared/breakers.ts";
import { Egress } from "../../edge-functions/_shared/egress.ts";
import { executeAhead } from "../../edge-functions/_shared/run-ahead.ts";
import { executeStep, type StepWorld } from "../../edge-functions/_shared/execute-step.ts";
import { Worker } from "../../edge-functions/_shared/worker.ts";
import type { Node } from "../../src/core/node.ts";
import { nodeOf } from "../../src/nodes/registry.gen.ts";
import type { EngineScene } from "./engine-scene.ts";

export const vaultKey = Buffer.alloc(32, 3).toString("base64");

export interface SceneWorkers {
  /** @param kinds stand in for those of the registry */
  make(kinds?: Record<string, Node>): Worker;
  /** Works, waiting for what is due in between, until the run has ended. */
  finish(runId: string): Promise<Record<string, unknown>>;
  /** What the workers stored, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  close(): Promise<void>;
}

/** @param leaseMs heartbeats come three times as often */
export function sceneWorkers(scene: EngineScene, leaseMs = 15_000): SceneWorkers {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const egress = new Egress({ allow: parseAllowList("127.0.0.1") });
  const blobs = {
    put: (path: string, bytes: Uint8Array<ArrayBuffer>) => Promise.resolve(void files.set(path, bytes)),
    get: (path: string) => Promise.resolve(files.get(path)!),
    remove: (paths: readonly string[]) => Promise.resolve(paths.forEach((path) => files.delete(path))),
  };
  const installation = {
    egress,
    blobs,
    breakers: new Breakers(scene.engine),
    vaultKey: () => vaultKey,
    getConnection: scene.engine.getConnection,
    queryRows: scene.engine.queryRows,
  };
  const workers: SceneWorkers = {
    files,
    make(kinds = {}) {
      const world: StepWorld = {
        nodeOf: (kind) => kinds[kind] ?? nodeOf(kind),
        blobs,
        markStarted: (step) => scene.engine.markStarted(step),
        reserveBudget: (step, wanted) => scene.engine.reserveBudget(step, wanted),
        capabilities: (context) => createCapabilities(context, installation),
        checkMeans: (context, check) => createCheckMeans(context, check, installation),
      };
      const name = `test-${crypto.randomUUID()}`;
      return new Worker(
        scene.engine,
        (step, hold) =>
          executeAhead(
            step,
            (one, held) => executeStep(one, world, held),
            hold,
            (split, total, ahead) => scene.engine.recordAhead(name, split, total, ahead),
          ),
        {
          name,
          leaseMs,
          concurrency: 8,
          wallMs: 0,
        },
      );
    },
    async finish(runId) {
      const working = workers.make();
      for (let turn = 0; turn < 40; turn++) {
        const { nextDueMs } = await working.work();
        const run = await scene.ended(runId);
        if (run) return run;
        await new Promise((done) => setTimeout(done, Math.min(nextDueMs ?? 50, 1_000)));
      }
      throw new Error("The run did not end.");
    },
    close: () => egress.close(),
  };
  return workers;
}
