import { openPool } from "./pool.ts";

/** Also how long another worker's death goes unnoticed at most where no process of ours restarts it. */
const SWEEP_MS = 1_000;
/** After a poke nobody answered, doubled each time: the worker is being started again, and the steps of the dead one wait for that. */
const FIRST_AGAIN_MS = 50;
const MAX_IN_FLIGHT = 2;
const POKE_TIMEOUT_MS = 180_000;

export interface WakeOptions {
  /** Postgres URL of a role that may listen. */
  readonly databaseUrl: string;
  /** Loopback port of the worker process; undefined while there is none. */
  workerPort(): Promise<number | undefined>;
  readonly workerSecret: string;
}

export interface Wake {
  /** Pokes sent so far, and how many of them failed. */
  counts(): { readonly pokes: number; readonly failures: number };
  stop(): Promise<void>;
}

/**
 * Tells the worker that there may be something to claim: when the database says so, when the worker named a time, and
 * every second in case both were lost. A worker at work answers its first poke when nothing is left and every
 * further one at once, having looked again; so two pokes may be in flight, and asked for again meanwhile, one follows.
 */
export async function startWake(options: WakeOptions): Promise<Wake> {
  const inFlight = new Set<Promise<void>>();
  let again = false;
  let due: NodeJS.Timeout | undefined;
  let pokes = 0;
  let failures = 0;
  let againMs = FIRST_AGAIN_MS;
  const stopping = new AbortController();

  function wake(): void {
    if (stopping.signal.aborted) return;
    if (inFlight.size >= MAX_IN_FLIGHT) {
      again = true;
      return;
    }
    const sent = poke().finally(() => {
      inFlight.delete(sent);
      if (!again) return;
      again = false;
      wake();
    });
    inFlight.add(sent);
  }

  async function poke(): Promise<void> {
    try {
      pokes += 1;
      const dueMs = await sendPoke(options, stopping.signal);
      againMs = FIRST_AGAIN_MS;
      if (dueMs === undefined || dueMs >= SWEEP_MS || stopping.signal.aborted) return;
      clearTimeout(due);
      due = setTimeout(wake, Math.max(dueMs, 1));
    } catch {
      // The worker is starting or restarting; its own log says why, and the sweep asks again.
      failures += 1;
      clearTimeout(due);
      if (!stopping.signal.aborted) due = setTimeout(wake, againMs);
      againMs = Math.min(againMs * 2, SWEEP_MS);
    }
  }

  const sweep = setInterval(wake, SWEEP_MS);
  const sql = openPool(options.databaseUrl, {
    max: 1,
    connection: { application_name: "runboard-wake" },
  });
  // With a name in it, the worker of that name has heard it itself.
  await sql.listen("runboard_wake", (named) => named === "" && wake(), wake);
  return {
    counts: () => ({ pokes, failures }),
    async stop() {
      stopping.abort();
      clearInterval(sweep);
      clearTimeout(due);
      await Promise.all(inFlight);
      await sql.end({ timeout: 1 });
    },
  };
}

/** @returns milliseconds until something is due, when the worker knows */
async function sendPoke(options: WakeOptions, stopping: AbortSignal): Promise<number | undefined> {
  const port = await options.workerPort();
  if (port === undefined || stopping.aborted) return undefined;
  const response = await fetch(`http://127.0.0.1:${port}/run-steps`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-runboard-worker": options.workerSecret },
    body: "{}",
    signal: AbortSignal.any([stopping, AbortSignal.timeout(POKE_TIMEOUT_MS)]),
  });
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`run-steps answered ${response.status}`);
  const due = typeof body === "object" && body !== null && "nextDueMs" in body ? body.nextDueMs : undefined;
  return typeof due === "number" ? due : undefined;
}
