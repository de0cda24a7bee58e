import postgres from "postgres";

const SWEEP_MS = 2_000;
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
 * every two seconds in case both were lost. One poke is in flight at a time; asked for again meanwhile, one follows.
 */
export async function startWake(options: WakeOptions): Promise<Wake> {
  let inFlight: Promise<void> | undefined;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  let pokes = 0;
  let failures = 0;
  const stopping = new AbortController();

  function wake(): void {
    if (stopping.signal.aborted) return;
    if (inFlight) {
      again = true;
      return;
    }
    clearTimeout(timer);
    inFlight = poke().finally(() => {
      inFlight = undefined;
      if (!again) return;
      again = false;
      wake();
    });
  }

  async function poke(): Promise<void> {
    let nextMs = SWEEP_MS;
    try {
      pokes += 1;
      const dueMs = await sendPoke(options, stopping.signal);
      if (dueMs !== undefined) nextMs = Math.min(Math.max(dueMs, 1), SWEEP_MS);
    } catch {
      // The worker is starting or restarting; its own log says why, and the sweep asks again.
      failures += 1;
    }
    if (!stopping.signal.aborted) timer = setTimeout(wake, nextMs);
  }

  const sql = postgres(options.databaseUrl, {
    max: 1,
    onnotice: () => {},
    connection: { application_name: "runboard-wake" },
  });
  await sql.listen("runboard_wake", wake, wake);
  return {
    counts: () => ({ pokes, failures }),
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await inFlight;
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
