import { queryOptions, useQuery } from "@tanstack/react-query";
import { z } from "zod";
import { Slug, Time, Uuid } from "../core/json.ts";
import { client } from "./client.ts";
import { callVerb, camelRow, readRows } from "./request.ts";

export const WorkspaceRow = z.object({
  id: Uuid,
  slug: Slug,
  name: z.string(),
  /** Starts beyond so many unfinished runs are refused. */
  maxOpenRuns: z.int(),
  createdAt: Time,
});
export type WorkspaceRow = z.infer<typeof WorkspaceRow>;

export const Role = z.enum(["owner", "editor", "operator", "viewer"]);
export type Role = z.infer<typeof Role>;

export const MemberRow = z.object({
  workspaceId: Uuid,
  userId: Uuid,
  role: Role,
  maySeePayloads: z.boolean(),
  createdAt: Time,
  email: z.string().nullable(),
  displayName: z.string(),
});
export type MemberRow = z.infer<typeof MemberRow>;

export const LaneRow = z.object({
  workspaceId: Uuid,
  name: z.string(),
  title: z.string(),
  colour: z.string(),
  position: z.int(),
  wipLimit: z.int().nullable(),
  paused: z.boolean(),
});
export type LaneRow = z.infer<typeof LaneRow>;

export const workspacesQuery = queryOptions({
  queryKey: ["workspaces"],
  queryFn: () =>
    readRows(
      WorkspaceRow,
      "workspaces",
      client().from("workspaces").select("id, slug, name, max_open_runs, created_at").order("name"),
    ),
});

export function membersQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["workspaces", workspaceId, "members"],
    queryFn: () => readMembers(workspaceId),
  });
}

export function lanesQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["workspaces", workspaceId, "lanes"],
    queryFn: () =>
      readRows(
        LaneRow,
        "lanes",
        client().from("lanes").select("*").eq("workspace_id", workspaceId).order("position"),
      ),
  });
}

async function readMembers(workspaceId: string): Promise<MemberRow[]> {
  const Profile = z.object({ userId: Uuid, email: z.string().nullable(), displayName: z.string() });
  const [members, profiles] = await Promise.all([
    readRows(
      MemberRow.omit({ email: true, displayName: true }),
      "members",
      client().from("members").select("*").eq("workspace_id", workspaceId).order("created_at"),
    ),
    readRows(Profile, "profiles", client().from("profiles").select("user_id, email, display_name")),
  ]);
  const known = new Map(profiles.map((profile) => [profile.userId, profile]));
  return members.map((member) => {
    const profile = known.get(member.userId);
    return { ...member, email: profile?.email ?? null, displayName: profile?.displayName ?? "" };
  });
}

/** The workspaces one is a member of, by name. */
export function useWorkspaces() {
  return useQuery(workspacesQuery);
}

export function useWorkspace(slug: string) {
  return useQuery({ ...workspacesQuery, select: (rows) => rows.find((row) => row.slug === slug) ?? null });
}

export function useMembers(workspaceId: string) {
  return useQuery(membersQuery(workspaceId));
}

/** Lanes in their order on the board. */
export function useLanes(workspaceId: string) {
  return useQuery(lanesQuery(workspaceId));
}

/** Makes a workspace with its four lanes; the caller owns it. @throws DataError */
export function createWorkspace(name: string): Promise<WorkspaceRow> {
  return callVerb(z.preprocess(camelRow, WorkspaceRow), "create_workspace", { name });
}

export interface LanePatch {
  title?: string;
  colour?: string;
  /** null takes the limit away. */
  wipLimit?: number | null;
  paused?: boolean;
}

/** @throws DataError */
export async function setLane(workspaceId: string, name: string, patch: LanePatch): Promise<LaneRow> {
  const { wipLimit, ...rest } = patch;
  return callVerb(z.preprocess(camelRow, LaneRow), "set_lane", {
    workspace: workspaceId,
    name,
    patch: { ...rest, ...(wipLimit === undefined ? {} : { wip_limit: wipLimit }) },
  });
}

/** Owners only. @throws DataError */
export async function setWorkspace(workspaceId: string, patch: { maxOpenRuns?: number }): Promise<void> {
  const { maxOpenRuns } = patch;
  await callVerb(z.unknown(), "set_workspace", {
    workspace: workspaceId,
    patch: maxOpenRuns === undefined ? {} : { max_open_runs: maxOpenRuns },
  });
}

/** Adds an existing account. @throws DataError */
export async function addMember(
  workspaceId: string,
  email: string,
  role: Role,
  maySeePayloads: boolean,
): Promise<void> {
  await callVerb(z.unknown(), "add_member", {
    workspace: workspaceId,
    email,
    role,
    may_see_payloads: maySeePayloads,
  });
}

/** @throws DataError, e.g. when the last owner would step down */
export async function changeMember(
  workspaceId: string,
  userId: string,
  patch: { role?: Role; maySeePayloads?: boolean },
): Promise<void> {
  await callVerb(z.unknown(), "change_member", {
    workspace: workspaceId,
    member: userId,
    role: patch.role ?? null,
    may_see_payloads: patch.maySeePayloads ?? null,
  });
}

/** @throws DataError */
export async function removeMember(workspaceId: string, userId: string): Promise<void> {
  await callVerb(z.unknown(), "remove_member", { workspace: workspaceId, member: userId });
}
