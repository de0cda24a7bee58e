import { createFileRoute } from "@tanstack/react-router";
import { lastRunsQuery, workflowsQuery } from "../data/workflows.ts";
import { WorkflowsPage } from "./-workflows/WorkflowsPage.tsx";

export const Route = createFileRoute("/w/$workspace/workflows/")({
  loader: ({ context }) => {
    void context.queries.prefetchQuery(workflowsQuery(context.workspace.id));
    void context.queries.prefetchQuery(lastRunsQuery(context.workspace.id));
  },
  component: Workflows,
});

function Workflows() {
  const { workspace } = Route.useRouteContext();
  return <WorkflowsPage workspace={workspace} />;
}
