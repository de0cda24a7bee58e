import { createFileRoute } from "@tanstack/react-router";
import { connectionsQuery, toolsQuery } from "../data/connections.ts";
import { ConnectionsPage } from "./-connections/ConnectionsPage.tsx";

export const Route = createFileRoute("/w/$workspace/connections")({
  loader: ({ context }) => {
    void context.queries.prefetchQuery(connectionsQuery(context.workspace.id));
    void context.queries.prefetchQuery(toolsQuery(context.workspace.id));
  },
  component: Connections,
});

function Connections() {
  const { workspace } = Route.useRouteContext();
  return <ConnectionsPage workspace={workspace} />;
}
