// What the compiler and the inspector may refer to: tools, published workflows and connections of a workspace.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { z } from "zod";
import { Schema } from "../core/json.ts";
import type { Surroundings, WorkflowFacts } from "../core/node.ts";
import { client } from "./client.ts";
import { connectionsQuery, toolsQuery } from "./connections.ts";
import { readRows } from "./request.ts";
import { workflowsQuery } from "./workflows.ts";
import type { QueryClient } from "@tanstack/react-query";

const PlanPorts = z.object({
  workflowId: z.string(),
  n: z.int(),
  input: Schema.nullable(),
  output: Schema.nullable(),
});

async function readWorkflowFacts(queries: QueryClient, workspaceId: string): Promise<WorkflowFacts[]> {
  const workflows = await queries.ensureQueryData({
    ...workflowsQuery(workspaceId),
    revalidateIfStale: true,
  });
  const live = workflows.filter((row) => row.liveVersion !== null && row.status !== "archived");
  if (live.length === 0) return [];
  const versions = await readRows(
    PlanPorts,
    "versions",
    client()
      .from("versions")
      .select("workflow_id, n, input:plan->input, output:plan->outputSchema")
      .in(
        "workflow_id",
        live.map((row) => row.id),
      ),
  );
  const ports = new Map(versions.map((version) => [`${version.workflowId} ${version.n}`, version]));
  return live.flatMap((row) => {
    const version = ports.get(`${row.id} ${row.liveVersion}`);
    if (!version || row.liveVersion === null) return [];
    return [
      {
        slug: row.slug,
        title: row.title,
        version: row.liveVersion,
        input: version.input ?? {},
        output: version.output ?? {},
      },
    ];
  });
}

export function surroundingsQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["surroundings", workspaceId],
    queryFn: async ({ client: queries }): Promise<Surroundings> => {
      const [tools, workflows, connections] = await Promise.all([
        queries.fetchQuery(toolsQuery(workspaceId)),
        readWorkflowFacts(queries, workspaceId),
        queries.fetchQuery(connectionsQuery(workspaceId)),
      ]);
      return {
        tools,
        workflows,
        connections: connections.map(({ slug, kind, hosts }) => ({ slug, kind, hosts })),
      };
    },
  });
}

export function useSurroundings(workspaceId: string) {
  return useQuery(surroundingsQuery(workspaceId));
}
