// Plays a scenario once more for every crash point it reaches: the end must be that of the undisturbed play.
import { isDeepStrictEqual } from "node:util";
import type postgres from "postgres";
import { statementPoints, verbs, workerCalls } from "./disturb.ts";
import { type Played, play } from "./play.ts";
import type { Scenario } from "./scenario.ts";
import { workerPoints } from "./scripted-worker.ts";

/** Every point there is, by name. */
export const allPoints: readonly string[] = [...workerPoints, ...statementPoints];

const endOf = ({ status, errorCode, output, statuses }: Played): Partial<Played> => ({
  status,
  errorCode,
  output,
  statuses,
});

/**
 * @param choose of the points this scenario reaches, those to play
 * @returns one line for each play that ended otherwise, or for a verb no point knows
 */
export async function sweep(
  sql: postgres.Sql,
  spec: Scenario,
  choose: (points: readonly string[]) => readonly string[] = (points) => points,
): Promise<string[]> {
  const undisturbed = await play(sql, spec);
  const found = [...undisturbed.called]
    .filter((name) => ![...workerCalls, ...verbs].includes(name))
    .map((name) => `disturb.ts does not know ${name}`);
  const reached = [
    ...workerPoints,
    ...statementPoints.filter((point) => undisturbed.called.has(point.split(":")[0] ?? "")),
  ];
  for (const point of choose(reached)) {
    try {
      const end = endOf(await play(sql, spec, point));
      if (!isDeepStrictEqual(end, endOf(undisturbed)))
        found.push(`${point}: ${JSON.stringify(end)} instead of ${JSON.stringify(endOf(undisturbed))}`);
    } catch (error) {
      found.push(`${point}: ${String(error)}`);
    }
  }
  return found;
}
