// What happened per workflow, lane and hour: kept by the engine, so that nothing is counted here.
import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { Time, Uuid } from "../core/json.ts";
import { client } from "./client.ts";
import { readRows } from "./request.ts";

export const Rollup = z.object({
  workflowId: Uuid,
  lane: z.string(),
  hour: Time,
  started: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  cancelled: z.int(),
  durationBuckets: z.array(z.int()),
});
export type Rollup = z.infer<typeof Rollup>;

const columns = "workflow_id, lane, hour, started, succeeded, failed, cancelled, duration_buckets";
const renewMs = 30_000;
const hourMs = 3_600_000;

/** The hours of the last day, oldest first; seconds old. */
export function lastDayQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["rollups", workspaceId],
    queryFn: () =>
      readRows(
        Rollup,
        "what happened in the last day",
        client()
          .from("rollups")
          .select(columns)
          .eq("workspace_id", workspaceId)
          .gt("hour", new Date(Date.now() - 24 * hourMs).toISOString())
          .order("hour"),
      ),
    refetchInterval: renewMs,
    staleTime: 5_000,
  });
}

/** Ends of runs, added up. */
export interface Ends {
  succeeded: number;
  failed: number;
  cancelled: number;
}

export function addEnds(rows: readonly Ends[]): Ends {
  const sum = (pick: (row: Ends) => number) => rows.reduce((total, row) => total + pick(row), 0);
  return {
    succeeded: sum((row) => row.succeeded),
    failed: sum((row) => row.failed),
    cancelled: sum((row) => row.cancelled),
  };
}

/** Ends added up by what `keyOf` says, e.g. their workflow. */
export function endsBy<K>(rows: readonly Rollup[], keyOf: (row: Rollup) => K): Map<K, Ends> {
  const found = new Map<K, Ends>();
  for (const row of rows) {
    const key = keyOf(row);
    const before = found.get(key);
    found.set(key, addEnds(before ? [before, row] : [row]));
  }
  return found;
}

/** One entry per hour of the last day, oldest first, also for hours in which nothing ended. */
export function endsByHour(rows: readonly Rollup[], now: number): { hour: number; ends: Ends }[] {
  const thisHour = Math.floor(now / hourMs) * hourMs;
  const byHour = endsBy(rows, (row) => Date.parse(row.hour));
  return Array.from({ length: 24 }, (_, n) => {
    const hour = thisHour - (23 - n) * hourMs;
    return { hour, ends: byHour.get(hour) ?? addEnds([]) };
  });
}

/** Upper bounds of the duration buckets, in milliseconds; the last has none. */
const bounds = [100, 300, 1_000, 3_000, 10_000, 30_000, 60_000, 300_000, 1_800_000, 3_600_000, 21_600_000];

/** The bound that half of the runs stayed under; null when none ended, Infinity for more than six hours. */
export function typicalDuration(rows: readonly Rollup[]): number | null {
  const counts = Array.from({ length: bounds.length + 1 }, (_, n) =>
    rows.reduce((sum, row) => sum + (row.durationBuckets[n] ?? 0), 0),
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return null;
  let seen = 0;
  const place = counts.findIndex((count) => (seen += count) >= total / 2);
  return bounds[place] ?? Number.POSITIVE_INFINITY;
}
