// The steps that are at work or waiting in a handful of live runs: what their cards say they do now.
import { z } from "zod";
import { ItemPath, Uuid } from "../core/json.ts";
import { StepStatus, WaitingFor } from "../core/run.ts";
import { client } from "./client.ts";
import { readRows } from "./request.ts";

export const LiveStepRow = z.object({
  runId: Uuid,
  stepKey: z.string(),
  itemPath: ItemPath,
  title: z.string(),
  status: StepStatus,
  waitingFor: WaitingFor.nullable(),
  tries: z.int(),
  attemptLimit: z.int(),
  itemsTotal: z.int().nullable(),
  itemsDone: z.int(),
});
export type LiveStepRow = z.infer<typeof LiveStepRow>;

/** Enough for the cards in sight; a run with more live steps is summed up anyway. */
const most = 400;

/** @throws DataError */
export async function readLiveSteps(runIds: readonly string[]): Promise<LiveStepRow[]> {
  if (runIds.length === 0) return [];
  return readRows(
    LiveStepRow,
    "live steps",
    client()
      .from("steps")
      .select(
        "run_id, step_key, item_path, title, status, waiting_for, tries, attempt_limit, items_total, items_done",
      )
      .in("run_id", [...runIds])
      .in("status", ["running", "waiting"])
      .limit(most),
  );
}
