// every conformance scenario at every crash point it reaches.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import type { Scenario } from "../engine/scenario.ts";
import singleStep from "../engine/single-step.scenario.ts";
import { allPoints, sweep } from "../engine/sweep.ts";
import { startCluster } from "./cluster.ts";

const folder = join(import.meta.dirname, "../engine");
const invariants = readFileSync(join(import.meta.dirname, "../../supabase/tests/invariants.sql"), "utf8");

export interface Swept {
  readonly points: number;
  readonly scenarios: number;
  readonly plays: number;
  readonly broken: readonly string[];
  /** What one scenario's plays found while no lease lapsed. */
  readonly control: readonly string[];
}

export async function sweepAll(onNews: (text: string) => void): Promise<Swept> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".scenario.ts"));
  const cluster = await startCluster(["fsync=off", "synchronous_commit=off"]);
  const sql = postgres(cluster.url, { max: 1, onnotice: () => {} });
  const broken: string[] = [];
  const control: string[] = [];
  let plays = 0;
  let scenarios = 0;
  try {
    for (const name of names) {
      const { default: spec }: { default: Scenario } = await import(join(folder, name));
      if (spec.crashPoints === false) continue;
      scenarios += 1;
      const found = await sweep(sql, spec, (points) => {
        plays += points.length;
        return points;
      });
      broken.push(...found.map((line) => `${name}: ${line}`));
      onNews(`${name}: ${found.length === 0 ? "the same everywhere" : found.join("; ")}`);
    }
    const rows = await sql.unsafe<{ promise: string; subject: string }[]>(invariants);
    broken.push(...rows.map(({ promise, subject }) => `${promise}: ${subject}`));
    onNews("one of them without leases");
    await overlookLapsed(sql);
    control.push(...(await sweep(sql, singleStep)));
  } finally {
    await sql.end();
    await cluster.stop();
  }
  return { points: allPoints.length, scenarios, plays, broken, control };
}

/** Claims no longer find the steps whose lease lapsed. Leases that never lapse would not do: a scenario's clock goes on to whatever is due next. */
async function overlookLapsed(sql: postgres.Sql): Promise<void> {
  const [source] = await sql<{ text: string }[]>`
    select pg_get_functiondef('engine.find_due(integer)'::regprocedure) as text`;
  const sabotaged = source?.text.replaceAll("and (status = 'running' and exists", "and (false and exists");
  if (sabotaged === undefined || sabotaged === source?.text) throw new Error("engine.find_due has changed.");
  await sql.unsafe(sabotaged);
}
