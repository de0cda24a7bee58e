import { queryOptions, useQuery } from "@tanstack/react-query";
import { z } from "zod";
import { Uuid } from "../core/json.ts";
import { Approval } from "../core/run.ts";
import { client } from "./client.ts";
import { filledRow, readRows } from "./request.ts";

/** An approval with the title of its run. */
export const ApprovalRow = z.object({
  ...Approval.shape,
  approvers: Approval.shape.approvers.catch({ roles: [], users: [], quorum: 1 }),
  workspaceId: Uuid,
  runs: z.looseObject({ title: z.string(), workflow_id: Uuid }).nullish(),
});
export type ApprovalRow = z.infer<typeof ApprovalRow>;

/** Open ones, the oldest first: somebody waits longest for that one. */
export function openApprovalsQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["approvals", workspaceId, "open"],
    queryFn: () => readApprovals(workspaceId, true),
  });
}

/** The latest decided ones, newest first. */
export function decidedApprovalsQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["approvals", workspaceId, "decided"],
    queryFn: () => readApprovals(workspaceId, false),
  });
}

function readApprovals(workspaceId: string, open: boolean): Promise<ApprovalRow[]> {
  const all = client()
    .from("approvals")
    .select("*, runs(title, workflow_id)")
    .eq("workspace_id", workspaceId);
  const query = open
    ? all.eq("status", "open").order("opened_at")
    : all.neq("status", "open").order("decided_at", { ascending: false }).limit(50);
  return readRows(ApprovalRow, "approvals", query, filledRow);
}

export function useOpenApprovals(workspaceId: string) {
  return useQuery(openApprovalsQuery(workspaceId));
}

export function useDecidedApprovals(workspaceId: string) {
  return useQuery(decidedApprovalsQuery(workspaceId));
}
