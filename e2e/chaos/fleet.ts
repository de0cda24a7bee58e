// Real worker processes: each reaches its database through a proxy of its own, and is poked as a host pokes it.
import { startDenoFunction, type DenoFunction } from "../servers/deno-process.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import type { Cluster } from "./cluster.ts";
import type { Random } from "./random.ts";

const SECRET = "worker-secret";
const POKE_MS = 250;

export interface FleetOptions {
  readonly size: number;
  readonly leaseMs: number;
  readonly concurrency: number;
  /** Compiled code is kept here, which starts a process twice as fast. */
  readonly cacheDir: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Fleet {
  readonly kills: number;
  readonly stalls: number;
  readonly blackHoles: number;
  readonly proxies: readonly FaultProxy[];
  /** SIGKILL for one worker; another process takes its place. */
  kill(random: Random): Promise<void>;
  /** Stops one worker's process for so long, then lets it go on. */
  stall(random: Random, forMs: number): Promise<void>;
  /** Swallows one worker's connections for so long. */
  cutOff(random: Random, forMs: number): Promise<void>;
  stop(): Promise<void>;
}

class Seat {
  readonly proxy: FaultProxy;
  readonly #start: (proxy: FaultProxy) => Promise<DenoFunction>;
  #worker: Promise<DenoFunction>;
  #closing = false;
  #poking: Promise<void>;
  busy = false;

  constructor(proxy: FaultProxy, start: (proxy: FaultProxy) => Promise<DenoFunction>) {
    this.proxy = proxy;
    this.#start = start;
    this.#worker = start(proxy);
    this.#poking = this.#pokeForEver();
  }

  get worker(): Promise<DenoFunction> {
    return this.#worker;
  }

  async replace(): Promise<void> {
    await (await this.#worker).kill();
    if (!this.#closing) this.#worker = this.#start(this.proxy);
    await this.#worker;
  }

  async #pokeForEver(): Promise<void> {
    while (!this.#closing) {
      const dueMs = await poke(await this.#worker);
      await new Promise((done) => setTimeout(done, Math.min(Math.max(dueMs, 5), POKE_MS)));
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await (await this.#worker).kill();
    await this.#poking;
    await this.proxy.close();
  }
}

/** @returns milliseconds until the worker expects something to be due */
async function poke(worker: DenoFunction): Promise<number> {
  try {
    const response = await fetch(worker.url, { method: "POST", headers: { "x-runboard-worker": SECRET } });
    const body: unknown = await response.json();
    const due = typeof body === "object" && body !== null && "nextDueMs" in body ? body.nextDueMs : null;
    return response.ok && typeof due === "number" ? due : POKE_MS;
  } catch {
    return POKE_MS;
  }
}

export async function startFleet(cluster: Cluster, options: FleetOptions, random: Random): Promise<Fleet> {
  const { size, leaseMs, concurrency, cacheDir } = options;
  const start = async (proxy: FaultProxy): Promise<DenoFunction> =>
    startDenoFunction("run-steps", {
      DENO_DIR: cacheDir,
      RUNBOARD_ENGINE_DB_URL: cluster.engineUrl(proxy.port),
      RUNBOARD_WORKER_SECRET: SECRET,
      RUNBOARD_LEASE_MS: String(leaseMs),
      RUNBOARD_WORKER_CONCURRENCY: String(concurrency),
      RUNBOARD_ALLOW_PRIVATE: "127.0.0.1",
      RUNBOARD_WALL_MS: "0",
      // Half of four workers may rest while the others look: whoever dies then must be missed soon.
      RUNBOARD_DATABASE_CORES: "4",
      RUNBOARD_WORKER_LISTENS: "1",
      SUPABASE_URL: "http://127.0.0.1:9",
      SUPABASE_SERVICE_ROLE_KEY: "unused",
      ...options.env,
    });
  const draws = random.fork("proxy");
  const seats: Seat[] = [];
  for (let n = 0; n < size; n += 1) {
    seats.push(
      new Seat(
        await startFaultProxy(
          () => cluster.port,
          () => draws.next(),
        ),
        start,
      ),
    );
  }
  await Promise.all(seats.map((seat) => seat.worker));
  const counts = { kills: 0, stalls: 0, blackHoles: 0 };

  /** One fault at a time per worker. */
  async function withSeat(from: Random, work: (seat: Seat) => Promise<void>): Promise<boolean> {
    const free = seats.filter((seat) => !seat.busy);
    if (free.length === 0) return false;
    const seat = from.pick(free);
    seat.busy = true;
    try {
      await work(seat);
    } finally {
      seat.busy = false;
    }
    return true;
  }
  return {
    get kills() {
      return counts.kills;
    },
    get stalls() {
      return counts.stalls;
    },
    get blackHoles() {
      return counts.blackHoles;
    },
    proxies: seats.map((seat) => seat.proxy),
    async kill(from) {
      if (await withSeat(from, (seat) => seat.replace())) counts.kills += 1;
    },
    async stall(from, forMs) {
      const done = await withSeat(from, async (seat) => {
        const { pid } = await seat.worker;
        process.kill(pid, "SIGSTOP");
        await new Promise((later) => setTimeout(later, forMs));
        process.kill(pid, "SIGCONT");
      });
      if (done) counts.stalls += 1;
    },
    async cutOff(from, forMs) {
      const done = await withSeat(from, async (seat) => {
        seat.proxy.blackHole();
        await new Promise((later) => setTimeout(later, forMs));
        seat.proxy.heal();
      });
      if (done) counts.blackHoles += 1;
    },
    async stop() {
      await Promise.all(seats.map((seat) => seat.close()));
    },
  };
}
