import postgres from "postgres";

/**
 * The floor every ratio refers to: one plpgsql call per step on the same Postgres, 8 connections, each call a durable
 * commit that moves one row and writes one event.
 * @returns calls per second
 */
export async function measureFloor(url: string, durationMs: number): Promise<number> {
  const sql = postgres(url, { max: 8, onnotice: () => {} });
  try {
    await sql.unsafe(`
      drop schema if exists floor cascade;
      create schema floor;
      create table floor.steps (id int primary key, status text not null, attempt int not null) with (fillfactor = 70);
      create table floor.events (step int not null, seq int not null, kind text not null, at timestamptz not null, primary key (step, seq));
      insert into floor.steps select n, 'ready', 0 from generate_series(1, 8000) as n;
      create function floor.move(p_step int) returns int language plpgsql as $$
      declare
        moved int;
      begin
        update floor.steps set status = 'running', attempt = attempt + 1 where id = p_step returning attempt into moved;
        insert into floor.events values (p_step, moved, 'step.started', clock_timestamp());
        return moved;
      end $$;`);
    const caller = async (n: number, until: number): Promise<number> => {
      let calls = 0;
      for (; performance.now() < until; calls += 1)
        await sql`select floor.move(${n * 1_000 + (calls % 1_000) + 1})`;
      return calls;
    };
    const run = async (ms: number): Promise<number> => {
      const until = performance.now() + ms;
      const calls = await Promise.all(Array.from({ length: 8 }, async (_, n) => caller(n, until)));
      return calls.reduce((sum, one) => sum + one, 0);
    };
    await run(durationMs / 4);
    return Math.round((await run(durationMs)) / (durationMs / 1_000));
  } finally {
    await sql.unsafe("drop schema if exists floor cascade").catch(() => undefined);
    await sql.end();
  }
}
