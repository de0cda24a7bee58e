// What starts workflows without a person, and what came of it.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { z } from "zod";
import { JsonObject, Key, Time, Uuid } from "../core/json.ts";
import { appConfig, client } from "./client.ts";
import { callVerb, camelRow, readRow, readRows } from "./request.ts";

export const TriggerRow = z.object({
  id: Uuid,
  workflowId: Uuid,
  key: Key,
  kind: z.enum(["trigger-webhook", "trigger-schedule", "trigger-workflow"]),
  config: JsonObject,
  enabled: z.boolean(),
  nextAt: Time.nullable(),
});
export type TriggerRow = z.infer<typeof TriggerRow>;

/** One thing that happened to a trigger. `held` waits for the run before it to end. */
export const FiringRow = z.object({
  id: z.int(),
  status: z.enum(["pending", "held", "fired", "skipped", "failed"]),
  dedupeKey: z.string(),
  slotAt: Time.nullable(),
  runId: Uuid.nullable(),
  error: z.looseObject({ message: z.string(), hint: z.string().optional() }).nullable(),
  dueAt: Time,
  createdAt: Time,
});
export type FiringRow = z.infer<typeof FiringRow>;

const columns = "id, workflow_id, key, kind, config, enabled, next_at";

/** The triggers of the live versions of a workspace. */
export function triggersQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["triggers", workspaceId],
    queryFn: () =>
      readRows(
        TriggerRow,
        "triggers",
        client()
          .from("triggers")
          .select(columns)
          .eq("workspace_id", workspaceId)
          .eq("live", true)
          .order("key"),
      ),
    refetchInterval: 15_000,
  });
}

/** The address of a webhook; null for people who may not see it. */
function hookAddressQuery(triggerId: string) {
  return queryOptions({
    queryKey: ["triggers", "address", triggerId],
    queryFn: async () => {
      const row = await readRow(
        z.object({ path: z.string() }),
        "the address",
        client().from("hook_paths").select("path").eq("trigger_id", triggerId).maybeSingle(),
      );
      return row === null ? null : `${(await appConfig()).url}/functions/v1/hooks/${row.path}`;
    },
  });
}

/** The newest of what happened to a trigger, kept current while it is looked at. */
function firingsQuery(triggerId: string) {
  return queryOptions({
    queryKey: ["triggers", "firings", triggerId],
    queryFn: () =>
      readRows(
        FiringRow,
        "deliveries",
        client()
          .from("firings")
          .select("id, status, dedupe_key, slot_at, run_id, error, due_at, created_at")
          .eq("trigger_id", triggerId)
          .order("id", { ascending: false })
          .limit(8),
      ),
    refetchInterval: 3_000,
  });
}

export const useTriggers = (workspaceId: string) => useQuery(triggersQuery(workspaceId));
export const useHookAddress = (triggerId: string) => useQuery(hookAddressQuery(triggerId));
export const useFirings = (triggerId: string) => useQuery(firingsQuery(triggerId));

/** Switches a trigger on or off, or gives a webhook another address. @throws DataError */
export function setTrigger(
  triggerId: string,
  patch: { enabled?: boolean; new_path?: boolean },
): Promise<TriggerRow> {
  return callVerb(z.preprocess(camelRow, TriggerRow), "set_trigger", { trigger: triggerId, patch });
}
