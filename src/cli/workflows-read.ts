// Finds workflows by slug.
import { z } from "zod";
import type { Api, Workspace } from "./api.ts";
import { CliError, serverError } from "./cli-error.ts";

export const workflowColumns = "id, slug, title, description, status, live_version, updated_at";

export const WorkflowRow = z.looseObject({
  id: z.string(),
  slug: z.string(),
  title: z.string(),
  description: z.string(),
  status: z.string(),
  live_version: z.int().nullable(),
});
export type WorkflowRow = z.infer<typeof WorkflowRow>;

export async function findWorkflow(
  api: Api,
  workspace: Workspace,
  slug: string,
  options: { mayBeMissing: true },
): Promise<WorkflowRow | null>;
export async function findWorkflow(api: Api, workspace: Workspace, slug: string): Promise<WorkflowRow>;
export async function findWorkflow(
  { client }: Api,
  workspace: Workspace,
  slug: string,
  options?: { mayBeMissing: true },
): Promise<WorkflowRow | null> {
  const { data, error } = await client
    .from("workflows")
    .select(workflowColumns)
    .eq("workspace_id", workspace.id)
    .eq("slug", slug)
    .maybeSingle();
  if (error !== null) throw serverError(error);
  if (data !== null) return WorkflowRow.parse(data);
  if (options?.mayBeMissing) return null;
  throw new CliError(
    "no_workflow",
    `There is no workflow "${slug}" in ${workspace.name}.`,
    "List them with `runboard workflow list`.",
  );
}
