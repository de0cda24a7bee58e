import { createFileRoute } from "@tanstack/react-router";
import { lanesQuery, membersQuery } from "../data/workspaces.ts";
import { SettingsPage } from "./-settings/SettingsPage.tsx";

export const Route = createFileRoute("/w/$workspace/settings")({
  loader: ({ context }) => {
    void context.queries.prefetchQuery(lanesQuery(context.workspace.id));
    void context.queries.prefetchQuery(membersQuery(context.workspace.id));
  },
  component: Settings,
});

function Settings() {
  const { workspace } = Route.useRouteContext();
  return <SettingsPage workspace={workspace} />;
}
