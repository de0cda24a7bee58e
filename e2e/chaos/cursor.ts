// Two readers of the same events: one follows a serial over all runs, one follows each run's own numbers.
import postgres from "postgres";

export interface Reading {
  /** Events each reader saw. */
  readonly bySerial: number;
  readonly perRun: number;
  readonly stored: number;
}

/** Reads until told to end, as often as the database answers. `run_events` must have been given a column `serial`. */
export function followAll(url: string): { end(): Promise<Reading> } {
  const sql = postgres(url, { max: 2, onnotice: () => {} });
  const seqs = new Map<string, number>();
  let last = 0;
  let bySerial = 0;
  let perRun = 0;
  const over = new AbortController();

  async function readSerial(): Promise<void> {
    const rows = await sql<
      { serial: string }[]
    >`select serial from public.run_events where serial > ${last} order by serial`;
    bySerial += rows.length;
    last = Number(rows.at(-1)?.serial ?? last);
  }
  async function readRuns(): Promise<void> {
    const behind = await sql<{ id: string; last_seq: string }[]>`select id, last_seq from public.runs`;
    for (const { id, last_seq } of behind) {
      const seq = seqs.get(id) ?? 0;
      if (seq === Number(last_seq)) continue;
      const rows = await sql<{ seq: string }[]>`
        select seq from public.run_events where run_id = ${id} and seq > ${seq} order by seq`;
      perRun += rows.length;
      seqs.set(id, Number(rows.at(-1)?.seq ?? seq));
    }
  }
  const reading = Promise.all([
    (async () => {
      while (!over.signal.aborted) await readSerial();
    })(),
    (async () => {
      while (!over.signal.aborted) await readRuns();
    })(),
  ]);
  return {
    async end() {
      over.abort();
      await reading;
      await readSerial();
      await readRuns();
      const [stored] = await sql<{ n: number }[]>`select count(*)::int as n from public.run_events`;
      await sql.end();
      return { bySerial, perRun, stored: stored?.n ?? 0 };
    },
  };
}
