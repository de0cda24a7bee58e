import { createFileRoute, notFound } from "@tanstack/react-router";
import { z } from "zod";
import { Builder } from "../builder/Builder.tsx";
import { useWorkflow, workflowQuery } from "../data/workflows.ts";
import { useTitle } from "./-shell/use-title.ts";

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
  const loaded = Route.useLoaderData();
  const { workspace } = Route.useRouteContext();
  const { run } = Route.useSearch();
  const navigate = Route.useNavigate();
  const { data } = useWorkflow(workspace.id, loaded.slug);
  const workflow = data ?? loaded;
  useTitle(workflow.title);
  return (
    <Builder
      key={workflow.id}
      workspace={workspace}
      workflow={workflow}
      runId={run}
      onShowRun={(next) => void navigate({ search: next === undefined ? {} : { run: next }, replace: true })}
      onOpenRun={(next) =>
        void navigate({ to: "/w/$workspace/runs/$run", params: { workspace: workspace.slug, run: next } })
      }
    />
  );
}
