import { openPool } from "./pool.ts";

/** A scrape within so long gets the figures of the last one, so that nobody can load the database through `/metrics`. */
const FRESH_MS = 2_000;

/** The answer of `engine.metrics()`. */
export interface EngineFigures {
  readonly runs: readonly { readonly lane: string; readonly status: string; readonly n: number }[];
  readonly waits: Readonly<Record<string, number>>;
  readonly ready: { readonly n: number; readonly oldestMs: number };
  readonly running: number;
  readonly workers: { readonly alive: number; readonly asleep: number };
  readonly totals: Readonly<Record<string, number>>;
  readonly rejections: number;
  readonly deliveries: number;
  readonly breakers: number;
  readonly removals: number;
  readonly chores: Readonly<Record<string, number>>;
  readonly partitions: { readonly n: number; readonly ahead: number };
  readonly databaseBytes: number;
}

export interface EngineMetrics {
  /** Undefined while the database does not answer. */
  read(): Promise<EngineFigures | undefined>;
  stop(): Promise<void>;
}

/** @param engineUrl login of the workers' role */
export function openEngineMetrics(engineUrl: string): EngineMetrics {
  const sql = openPool(engineUrl, {
    max: 1,
    idle_timeout: 60,
    connection: { application_name: "runboard-metrics", statement_timeout: 5_000 },
  });
  let last: Promise<EngineFigures | undefined> | undefined;
  let readAt = 0;

  async function query(): Promise<EngineFigures | undefined> {
    const [row] = await sql<{ figures: EngineFigures }[]>`select engine.metrics() as figures`.catch(() => []);
    return row?.figures;
  }
  return {
    read() {
      const now = performance.now();
      if (last === undefined || now - readAt > FRESH_MS) {
        readAt = now;
        last = query();
      }
      return last;
    },
    stop: () => sql.end({ timeout: 1 }),
  };
}
