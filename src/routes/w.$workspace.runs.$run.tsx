import { createFileRoute } from "@tanstack/react-router";
import { RunPage } from "../runboard/RunPage.tsx";

export const Route = createFileRoute("/w/$workspace/runs/$run")({ component: Run });

function Run() {
  const { workspace } = Route.useRouteContext();
  const { run } = Route.useParams();
  const navigate = Route.useNavigate();
  return (
    <RunPage
      key={run}
      workspace={workspace}
      runId={run}
      onOpenWorkflow={(workflow, runId) =>
        void navigate({
          to: "/w/$workspace/workflows/$workflow",
          params: { workspace: workspace.slug, workflow },
          search: { run: runId },
        })
      }
      onOpenRun={(next) =>
        void navigate({ to: "/w/$workspace/runs/$run", params: { workspace: workspace.slug, run: next } })
      }
    />
  );
}
