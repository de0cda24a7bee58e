import { z } from "zod";
import { CanvasDoc } from "../core/canvas.ts";
import { Time } from "../core/json.ts";
import { client } from "./client.ts";
import { DataError } from "./data-error.ts";
import { callVerb, camelRow, readRow } from "./request.ts";

const Draft = z.object({ doc: CanvasDoc, revision: z.int(), updatedAt: Time });
export type Draft = z.infer<typeof Draft>;

const Saved = z.preprocess(camelRow, z.object({ revision: z.int(), updatedAt: Time }));
export type SavedDraft = z.infer<typeof Saved>;

/** Somebody else saved the draft since it was loaded. */
export class DraftConflict extends DataError {
  override readonly name = "DraftConflict";
}

/** @throws DataError `missing_draft`, or `unexpected_shape` when the document is not one */
export async function loadDraft(workflowId: string): Promise<Draft> {
  const draft = await readRow(
    Draft,
    "the draft",
    client().from("drafts").select("doc, revision, updated_at").eq("workflow_id", workflowId).maybeSingle(),
  );
  if (draft) return draft;
  throw new DataError(
    "missing_draft",
    "This workflow has no draft you may read.",
    "Go back to the list and open it again.",
  );
}

/**
 * Stores the draft if nobody else did since `revision`.
 * @throws DraftConflict, DataError
 */
export async function saveDraft(workflowId: string, doc: CanvasDoc, revision: number): Promise<SavedDraft> {
  try {
    return await callVerb(Saved, "save_draft", { workflow: workflowId, doc, revision });
  } catch (thrown) {
    if (thrown instanceof DataError && thrown.code === "RB409")
      throw new DraftConflict(thrown.code, thrown.message, thrown.hint);
    throw thrown;
  }
}
