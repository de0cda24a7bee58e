import { createFileRoute, notFound, redirect } from "@tanstack/react-router";
import { currentSession } from "../data/session.ts";
import { workspacesQuery } from "../data/workspaces.ts";
import { Shell } from "./-shell/Shell.tsx";

export const Route = createFileRoute("/w/$workspace")({
  beforeLoad: async ({ context, params, location }) => {
    const { user, expired } = currentSession();
    if (!user) {
      throw redirect({
        to: "/sign-in",
        search: { next: location.href, ...(expired ? { reason: "expired" as const } : {}) },
      });
    }
    const workspaces = await context.queries.ensureQueryData(workspacesQuery);
    const known = workspaces.find((one) => one.slug === params.workspace);
    const workspace =
      known ??
      (await context.queries.fetchQuery({ ...workspacesQuery, staleTime: 0 })).find(
        (one) => one.slug === params.workspace,
      );
    if (!workspace) throw notFound();
    return { workspace };
  },
  component: Layout,
});

function Layout() {
  const { workspace } = Route.useRouteContext();
  return <Shell key={workspace.id} workspace={workspace} />;
}
