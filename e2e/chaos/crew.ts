// Worker processes that end by themselves, and hang: each seat is filled again, as a host does it.
import { PATIENCE_MS } from "../../supabase/embedded/function-process.ts";
import { watchProcess } from "../../supabase/embedded/watch-process.ts";
import { startDenoFunction, type DenoFunction } from "../servers/deno-process.ts";

const SECRET = "worker-secret";
const POKE_MS = 200;

export interface CrewOptions {
  readonly size: number;
  /** Login of the workers' role. */
  readonly engineUrl: string;
  readonly leaseMs: number;
  readonly concurrency: number;
  /** Compiled code is kept here. */
  readonly cacheDir: string;
  /** Further variables of the process that is started next in a seat. */
  readonly env?: (seat: number, turn: number) => Record<string, string>;
  /** What the host's watch has with a process that is silent and computes nothing, if not what it has in the product. */
  readonly patienceMs?: number;
}

export interface Crew {
  /** Processes that ended by themselves, and those that were killed because they hung. */
  readonly ended: number;
  readonly hung: number;
  stop(): Promise<void>;
}

export async function startCrew(options: CrewOptions): Promise<Crew> {
  const counts = { ended: 0, hung: 0 };
  const closing = new AbortController();
  const current = new Map<number, DenoFunction>();

  async function seat(n: number, seated: () => void): Promise<void> {
    for (let turn = 0; !closing.signal.aborted; turn += 1) {
      const worker = await startWorker(options, options.env?.(n, turn) ?? {});
      current.set(n, worker);
      seated();
      const gone = new AbortController();
      const ended = worker.ended.then(() => gone.abort());
      const over = AbortSignal.any([gone.signal, closing.signal]);
      const watch = watchProcess(worker, options.patienceMs ?? PATIENCE_MS, over, () => {
        counts.hung += 1;
        void worker.kill();
      });
      while (!over.aborted) {
        await Promise.race([poke(worker), ended]);
        await Promise.race([pause(POKE_MS), ended]);
      }
      if (closing.signal.aborted) await worker.kill();
      else counts.ended += 1;
      await watch;
    }
  }

  const seats: Promise<void>[] = [];
  await Promise.all(
    Array.from({ length: options.size }, (_, n) => {
      const first = Promise.withResolvers<void>();
      seats.push(seat(n, first.resolve));
      return first.promise;
    }),
  );
  return {
    get ended() {
      return counts.ended - counts.hung;
    },
    get hung() {
      return counts.hung;
    },
    async stop() {
      closing.abort();
      await Promise.all([...current.values()].map((worker) => worker.kill()));
      await Promise.all(seats);
    },
  };
}

async function startWorker(
  { engineUrl, leaseMs, concurrency, cacheDir }: CrewOptions,
  env: Record<string, string>,
): Promise<DenoFunction> {
  return await startDenoFunction("run-steps", {
    DENO_DIR: cacheDir,
    RUNBOARD_ENGINE_DB_URL: engineUrl,
    RUNBOARD_WORKER_SECRET: SECRET,
    RUNBOARD_LEASE_MS: String(leaseMs),
    RUNBOARD_WORKER_CONCURRENCY: String(concurrency),
    RUNBOARD_ALLOW_PRIVATE: "127.0.0.1",
    RUNBOARD_WALL_MS: "0",
    SUPABASE_URL: "http://127.0.0.1:9",
    SUPABASE_SERVICE_ROLE_KEY: "unused",
    ...env,
  });
}

async function poke(worker: DenoFunction): Promise<void> {
  await fetch(worker.url, { method: "POST", headers: { "x-runboard-worker": SECRET } }).then(
    (response) => response.body?.cancel(),
    () => undefined,
  );
}

const pause = (ms: number): Promise<unknown> => new Promise((done) => setTimeout(done, ms));
