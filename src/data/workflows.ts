import { queryOptions, useQuery } from "@tanstack/react-query";
import { z } from "zod";
import type { CanvasDoc } from "../core/canvas.ts";
import { Slug, Time, Uuid } from "../core/json.ts";
import { RunStatus } from "../core/run.ts";
import { client } from "./client.ts";
import { callVerb, camelRow, readRow, readRows } from "./request.ts";

export const WorkflowRow = z.object({
  id: Uuid,
  workspaceId: Uuid,
  slug: Slug,
  title: z.string(),
  description: z.string(),
  status: z.enum(["active", "paused", "archived"]),
  liveVersion: z.int().nullable(),
  isSkill: z.boolean(),
  isTemplate: z.boolean(),
  tags: z.array(z.string()),
  createdAt: Time,
  updatedAt: Time,
});
export type WorkflowRow = z.infer<typeof WorkflowRow>;

/** The newest run of a workflow, for its line in the list. */
export const LastRun = z.object({
  id: Uuid,
  workflowId: Uuid,
  status: RunStatus,
  createdAt: Time,
  finishedAt: Time.nullable(),
});
export type LastRun = z.infer<typeof LastRun>;

const columns =
  "id, workspace_id, slug, title, description, status, live_version, is_skill, is_template, tags, created_at, updated_at";

export function workflowsQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["workflows", workspaceId],
    queryFn: () =>
      readRows(
        WorkflowRow,
        "workflows",
        client()
          .from("workflows")
          .select(columns)
          .eq("workspace_id", workspaceId)
          .order("updated_at", { ascending: false }),
      ),
  });
}

export function workflowQuery(workspaceId: string, slug: string) {
  return queryOptions({
    queryKey: ["workflows", workspaceId, slug],
    queryFn: () =>
      readRow(
        WorkflowRow,
        "the workflow",
        client()
          .from("workflows")
          .select(columns)
          .eq("workspace_id", workspaceId)
          .eq("slug", slug)
          .maybeSingle(),
      ),
  });
}

/** Newest runs of a workspace, enough to know the last one of each busy workflow. */
export function lastRunsQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["workflows", workspaceId, "last-runs"],
    queryFn: async () => {
      const runs = await readRows(
        LastRun,
        "runs",
        client()
          .from("runs")
          .select("id, workflow_id, status, created_at, finished_at")
          .eq("workspace_id", workspaceId)
          .order("created_at", { ascending: false })
          .limit(300),
      );
      // Oldest first, so that the newest of each workflow is the one that stays.
      return new Map(runs.toReversed().map((run) => [run.workflowId, run]));
    },
  });
}

export function useWorkflows(workspaceId: string) {
  return useQuery(workflowsQuery(workspaceId));
}

export function useWorkflow(workspaceId: string, slug: string) {
  return useQuery(workflowQuery(workspaceId, slug));
}

const MadeWorkflow = z.preprocess(camelRow, WorkflowRow);

export interface NewWorkflow {
  workspaceId: string;
  /** Left out: made from the title and numbered until it is free. */
  slug?: string;
  title: string;
  description?: string;
  doc?: CanvasDoc;
}

/** @throws DataError, RB409 when the slug is taken */
export function createWorkflow({
  workspaceId,
  slug,
  title,
  description,
  doc,
}: NewWorkflow): Promise<WorkflowRow> {
  return callVerb(MadeWorkflow, "create_workflow", {
    workspace: workspaceId,
    slug: slug ?? null,
    title,
    description: description ?? "",
    doc: doc ?? null,
  });
}

export interface WorkflowPatch {
  title?: string;
  description?: string;
  status?: WorkflowRow["status"];
  tags?: string[];
}

/** @throws DataError */
export function updateWorkflow(workflowId: string, patch: WorkflowPatch): Promise<WorkflowRow> {
  return callVerb(MadeWorkflow, "update_workflow", { workflow: workflowId, patch });
}
