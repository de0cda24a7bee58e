// What the engine is doing for a workspace right now.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { Time } from "../core/json.ts";
import { RunStatus } from "../core/run.ts";
import { callVerb } from "./request.ts";

const renewMs = 3_000;

export const EngineStatus = z.object({
  /** Workers that live, of the whole installation. */
  workers: z.int(),
  /** Steps that could start now, and since when the oldest could. */
  ready: z.object({ n: z.int(), oldestAt: Time.nullable() }),
  /** Open runs by lane and status. */
  lanes: z.array(z.object({ lane: z.string(), status: RunStatus, n: z.int(), oldestAt: Time })),
  /** Hosts that keep failing, since when, when one call tries them next, and how many steps wait for them. */
  breakers: z.array(z.object({ host: z.string(), openedAt: Time, probeAt: Time, n: z.int() })),
  /** Open runs that wait, by what for, most first. */
  waits: z.array(z.object({ kind: z.string(), n: z.int(), oldestAt: Time })),
});
export type EngineStatus = z.infer<typeof EngineStatus>;

/** Counts stop at 10,000. Renewed while somebody looks. */
export function engineStatusQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["engine", workspaceId],
    queryFn: () => callVerb(EngineStatus, "engine_status", { workspace: workspaceId }),
    refetchInterval: renewMs,
    placeholderData: keepPreviousData,
  });
}
