import { createFileRoute, redirect } from "@tanstack/react-router";
import { appConfig } from "../data/client.ts";
import { currentSession } from "../data/session.ts";
import { workspacesQuery } from "../data/workspaces.ts";
import { workspaceToOpen } from "./-shell/last-workspace.ts";

export const Route = createFileRoute("/")({
  beforeLoad: async ({ context }) => {
    if (!currentSession().user) {
      const { firstRun } = await appConfig();
      throw firstRun ? redirect({ to: "/welcome" }) : redirect({ to: "/sign-in" });
    }
    const workspace = workspaceToOpen(await context.queries.fetchQuery(workspacesQuery));
    if (!workspace) throw redirect({ to: "/welcome" });
    throw redirect({ to: "/w/$workspace/workflows", params: { workspace: workspace.slug } });
  },
});
