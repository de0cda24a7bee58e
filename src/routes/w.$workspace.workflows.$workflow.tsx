import { createFileRoute, notFound } from "@tanstack/react-router";
import { z } from "zod";
import { workflowQuery } from "../data/workflows.ts";

const Search = z.object({ run: z.uuid().optional().catch(undefined) });

export const Route = createFileRoute("/w/$workspace/workflows/$workflow")({
  validateSearch: Search,
  loader: async ({ context, params }) => {
    const workflow = await context.queries.ensureQueryData({
      ...workflowQuery(context.workspace.id, params.workflow),
      revalidateIfStale: true,
    });
    if (!workflow) throw notFound();
    return workflow;
  },
  component: BuilderPage,
});

function BuilderPage() {
  const workflow = Route.useLoaderData();
  return <p>{workflow.title}</p>;
}
