import { createFileRoute } from "@tanstack/react-router";
import { engineStatusQuery } from "../data/engine-status.ts";
import { lastDayQuery } from "../data/rollups.ts";
import { lanesQuery } from "../data/workspaces.ts";
import { EnginePage } from "./-engine/EnginePage.tsx";

export const Route = createFileRoute("/w/$workspace/engine")({
  loader: ({ context }) => {
    void context.queries.prefetchQuery(engineStatusQuery(context.workspace.id));
    void context.queries.prefetchQuery(lastDayQuery(context.workspace.id));
    void context.queries.prefetchQuery(lanesQuery(context.workspace.id));
  },
  component: Engine,
});

function Engine() {
  const { workspace } = Route.useRouteContext();
  return <EnginePage workspace={workspace} />;
}
