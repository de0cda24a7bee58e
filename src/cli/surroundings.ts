// What exists around a document in a workspace: the compiler needs its tools, workflows and connections.
import { z } from "zod";
import type { ConnectionFacts, Surroundings, WorkflowFacts } from "../core/node.ts";
import { Plan } from "../core/plan.ts";
import { Tool } from "../core/tool.ts";
import type { Api, Workspace } from "./api.ts";
import { serverError } from "./cli-error.ts";

const ToolRow = z
  .looseObject({
    connection: z.string(),
    name: z.string(),
    title: z.string().nullish(),
    description: z.string().nullish(),
    input_schema: z.any(),
    output_schema: z.any(),
    annotations: z.any(),
    effect: z.any(),
    effect_from: z.any(),
    schema_hash: z.string(),
    status: z.any(),
    seen_at: z.string(),
  })
  .transform((row): Tool =>
    Tool.parse({
      connection: row.connection,
      name: row.name,
      title: row.title ?? row.name,
      description: row.description ?? "",
      inputSchema: row.input_schema,
      ...(row.output_schema == null ? {} : { outputSchema: row.output_schema }),
      annotations: row.annotations ?? {},
      effect: row.effect,
      effectFrom: row.effect_from,
      schemaHash: row.schema_hash,
      status: row.status,
      seenAt: new Date(row.seen_at).toISOString(),
    }),
  );

async function rows(
  query: PromiseLike<{ data: unknown; error: { message: string; code?: string; hint?: string } | null }>,
): Promise<unknown> {
  const { data, error } = await query;
  if (error !== null) throw serverError(error);
  return data;
}

export async function readTools({ client }: Api, workspace: Workspace): Promise<Tool[]> {
  return z
    .array(ToolRow)
    .parse(await rows(client.from("tools").select("*").eq("workspace_id", workspace.id)));
}

async function readWorkflows({ client }: Api, workspace: Workspace): Promise<WorkflowFacts[]> {
  const Row = z.array(
    z.object({ id: z.string(), slug: z.string(), title: z.string(), live_version: z.int() }),
  );
  const live = Row.parse(
    await rows(
      client
        .from("workflows")
        .select("id, slug, title, live_version")
        .eq("workspace_id", workspace.id)
        .not("live_version", "is", null),
    ),
  );
  const facts = live.map(async ({ id, slug, title, live_version }): Promise<WorkflowFacts[]> => {
    const found = z
      .array(z.object({ plan: Plan }))
      .parse(await rows(client.from("versions").select("plan").eq("workflow_id", id).eq("n", live_version)));
    return found.map(({ plan }) => ({
      slug,
      title,
      version: live_version,
      input: plan.input,
      output: plan.outputSchema,
    }));
  });
  return (await Promise.all(facts)).flat();
}

async function readConnections({ client }: Api, workspace: Workspace): Promise<ConnectionFacts[]> {
  const Row = z.array(
    z.object({
      slug: z.string(),
      kind: z.enum(["http", "mcp", "anthropic", "openai", "openai-compatible", "signing"]),
      hosts: z.array(z.string()),
    }),
  );
  return Row.parse(
    await rows(client.from("connections").select("slug, kind, hosts").eq("workspace_id", workspace.id)),
  );
}

export async function readSurroundings(api: Api, workspace: Workspace): Promise<Surroundings> {
  const [tools, workflows, connections] = await Promise.all([
    readTools(api, workspace),
    readWorkflows(api, workspace),
    readConnections(api, workspace),
  ]);
  return { tools, workflows, connections };
}
