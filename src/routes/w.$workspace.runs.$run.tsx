import { createFileRoute } from "@tanstack/react-router";
import { useRun } from "../data/runs.ts";
import { RunPage } from "../runboard/RunPage.tsx";
import { useTitle } from "./-shell/use-title.ts";

export const Route = createFileRoute("/w/$workspace/runs/$run")({ component: Run });

function Run() {
  const { workspace } = Route.useRouteContext();
  const { run } = Route.useParams();
  const navigate = Route.useNavigate();
  const { data: row } = useRun(run);
  useTitle(row?.title ?? "Run");
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
