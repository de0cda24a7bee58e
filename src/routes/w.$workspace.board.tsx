import { createFileRoute } from "@tanstack/react-router";
import { z } from "zod";
import { RunStatus } from "../core/run.ts";
import type { BoardFilters } from "../runboard/board-filters.ts";
import { Board } from "../runboard/Board.tsx";
import { useTitle } from "./-shell/use-title.ts";

const Search = z.object({
  view: z.enum(["lanes", "status"]).optional().catch(undefined),
  status: z.array(RunStatus).optional().catch(undefined),
  workflow: z.string().optional().catch(undefined),
  text: z.string().optional().catch(undefined),
});

export const Route = createFileRoute("/w/$workspace/board")({ validateSearch: Search, component: BoardPage });

function BoardPage() {
  const { workspace } = Route.useRouteContext();
  const { view, status = [], workflow, text = "" } = Route.useSearch();
  const navigate = Route.useNavigate();
  useTitle("Board");
  const filter = (filters: BoardFilters) =>
    void navigate({
      replace: true,
      search: {
        view,
        ...(filters.status.length > 0 ? { status: [...filters.status] } : {}),
        ...(filters.workflow === null ? {} : { workflow: filters.workflow }),
        ...(filters.text === "" ? {} : { text: filters.text }),
      },
    });
  return (
    <Board
      workspace={workspace}
      view={view ?? "lanes"}
      onView={(next) => void navigate({ search: (before) => ({ ...before, view: next }), replace: true })}
      filters={{ status, workflow: workflow ?? null, text }}
      onFilters={filter}
      onOpenRun={(run) =>
        void navigate({ to: "/w/$workspace/runs/$run", params: { workspace: workspace.slug, run } })
      }
    />
  );
}
