// Starts runs through a connection that loses answers, as a client does: under one key per run, again until the answer arrives.
import postgres from "postgres";
import { isOutage } from "./cluster.ts";
import { startFaultProxy } from "./fault-proxy.ts";
import type { Random } from "./random.ts";

export interface Starter {
  /** Id by number: runs whose start was acknowledged. */
  readonly accepted: ReadonlyMap<number, string>;
  /** Starts these numbers; returns when every one of them is acknowledged. */
  start(numbers: readonly number[]): Promise<void>;
  /** Answers arrive again. */
  calm(): void;
  close(): Promise<void>;
}

/**
 * @param url superuser URL
 * @param workflows ids; the number picks one
 * @param lostAnswers share of answers that never arrive
 */
export async function openStarter(
  url: string,
  userId: string,
  workflows: readonly string[],
  random: Random,
  lostAnswers: number,
): Promise<Starter> {
  const accepted = new Map<number, string>();
  const draws = random.fork("starter");
  const proxy = await startFaultProxy(
    () => Number(new URL(url).port),
    () => draws.next(),
  );
  proxy.loseAnswers(lostAnswers);
  const through = new URL(url);
  through.port = String(proxy.port);
  const sql = postgres(through.href, { max: 2, onnotice: () => {}, connect_timeout: 5, fetch_types: false });

  return {
    accepted,
    async start(numbers) {
      const wanted = numbers.map((n) => ({
        n,
        workflow: workflows[n % workflows.length],
        input: { n, items: Array.from({ length: n % 3 }, (_, at) => at) },
        options: { idempotency_key: `run ${n}` },
      }));
      for (;;) {
        try {
          const rows = await sql<{ n: number; id: string }[]>`
            select n, engine.start_run_as(${userId}, workflow, input, options) ->> 'run_id' as id
            from jsonb_to_recordset(${JSON.stringify(wanted)}::text::jsonb) as wanted (n int, workflow uuid, input jsonb, options jsonb)
            order by n`;
          for (const row of rows) accepted.set(row.n, row.id);
          return;
        } catch (error) {
          if (!isOutage(error)) throw error;
          await new Promise((done) => setTimeout(done, 30));
        }
      }
    },
    calm: () => proxy.loseAnswers(0),
    async close() {
      await sql.end({ timeout: 1 });
      await proxy.close();
    },
  };
}
