import { queryOptions, useQuery } from "@tanstack/react-query";
import { z } from "zod";
import { ConnectionLimits } from "../core/connection-limits.ts";
import { JsonObject, Slug, Time, Uuid } from "../core/json.ts";
import { Tool } from "../core/tool.ts";
import { client } from "./client.ts";
import { callFunction, callVerb, camelRow, filledRow, readRows, rowOf } from "./request.ts";

export const ConnectionKind = z.enum(["http", "mcp", "anthropic", "openai", "openai-compatible", "signing"]);
export type ConnectionKind = z.infer<typeof ConnectionKind>;

export const ConnectionRow = z.object({
  id: Uuid,
  workspaceId: Uuid,
  slug: Slug,
  kind: ConnectionKind,
  title: z.string(),
  baseUrl: z.string().nullable(),
  hosts: z.array(z.string()),
  config: JsonObject,
  limits: ConnectionLimits.nullable(),
  hasSecret: z.boolean(),
  status: z.string(),
  createdAt: Time,
});
export type ConnectionRow = z.infer<typeof ConnectionRow>;

const ToolRow = rowOf(Tool);

export function connectionsQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["connections", workspaceId],
    queryFn: () =>
      readRows(
        ConnectionRow,
        "connections",
        client().from("connections").select("*").eq("workspace_id", workspaceId).order("title"),
      ),
  });
}

export function toolsQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["tools", workspaceId],
    queryFn: () =>
      readRows(
        ToolRow,
        "tools",
        client().from("tools").select("*").eq("workspace_id", workspaceId).order("connection").order("name"),
        filledRow,
      ),
  });
}

export function useConnections(workspaceId: string) {
  return useQuery(connectionsQuery(workspaceId));
}

/** Tools of every MCP connection, as they were when last refreshed. */
export function useTools(workspaceId: string) {
  return useQuery(toolsQuery(workspaceId));
}

export interface ConnectionDraft {
  workspaceId: string;
  slug: string;
  kind: ConnectionKind;
  title: string;
  baseUrl?: string | undefined;
  hosts?: string[] | undefined;
  config?: JsonObject | undefined;
  /** Null takes them away; left out, they stay. */
  limits?: ConnectionLimits | null | undefined;
  /** Written, never read back. Left out: the stored one stays. */
  secret?: string | undefined;
}

/** Makes or changes a connection; the slug decides which. @throws DataError */
export async function putConnection(connection: ConnectionDraft): Promise<void> {
  await callFunction(z.unknown(), "connections", { ...connection });
}

/** Deletes a connection with its secret and tools. @throws DataError */
export async function deleteConnection(workspaceId: string, slug: string): Promise<void> {
  await callVerb(z.unknown(), "delete_connection", { workspace: workspaceId, slug });
}

/** Asks the MCP server for its tools and stores them. @throws DataError */
export async function refreshTools(workspaceId: string, connection: string): Promise<Tool[]> {
  const camelTool = z.preprocess((tool) => filledRow(camelRow(tool)), ToolRow);
  const Answer = z.union([
    z.array(camelTool),
    z.looseObject({ tools: z.array(camelTool) }).transform((answer) => answer.tools),
  ]);
  return callFunction(Answer, "tools", { workspaceId, connection });
}
